import { useEffect, useMemo, useState } from "preact/hooks";
import type { RunList, Schedule, ScheduledJob, Summary } from "../../api/shapes.ts";
import { useResource } from "../../api/use-resource.ts";
import { useTitle } from "../../parts/document-title.ts";
import { Loading, Refused, Stale } from "../../parts/notices.tsx";
import { useReader } from "../../parts/reader.tsx";
import { IncidentsNow } from "./incidents-now.tsx";
import { JobEntry } from "./job-entry.tsx";
import { RecentRuns } from "./recent-runs.tsx";
import { SignsOfLife } from "./signs-of-life.tsx";

/** The first page: whether the last run of each job was good, and what is wrong now. */
const restingRefreshMs = 20_000;
const runningRefreshMs = 3_000;
const newestRunsPath = "/api/runs?limit=20";

export function HomePage({ search }: { readonly search: string }) {
	const { words } = useReader();
	useTitle(words.ledger);
	const [refreshMs, setRefreshMs] = useState(restingRefreshMs);
	const runs = useResource<RunList>(newestRunsPath, refreshMs);
	const newest = runs.value;
	const isRunning = newest?.runs.some((run) => run.state !== "sealed") ?? false;
	useEffect(() => setRefreshMs(isRunning ? runningRefreshMs : restingRefreshMs), [isRunning]);
	const schedule = useResource<Schedule>("/api/schedule", refreshMs);
	const jobs = useMemo(
		() => schedule.value?.jobs ?? (newest === undefined ? [] : jobsOf(newest.runs)),
		[schedule.value, newest],
	);
	const reload = () => {
		runs.reload();
		schedule.reload();
	};
	if (newest === undefined) {
		return runs.refusal === undefined ? (
			<Loading />
		) : (
			<Refused refusal={runs.refusal} retry={reload} />
		);
	}
	return (
		<>
			<h1 class="unseen">{words.ledger}</h1>
			<Stale refusal={runs.refusal} atMs={runs.atMs} retry={reload} />
			<IncidentsNow />
			{jobs.map((job) => (
				<JobEntry key={job.job} job={job} newest={newest.runs} onChanged={reload} />
			))}
			{schedule.value !== undefined && <SignsOfLife schedule={schedule.value} />}
			<RecentRuns search={search} newest={newest} />
		</>
	);
}

/** Before the schedule is known, or where it cannot be reached: the jobs that have run. */
function jobsOf(runs: readonly Summary[]): ScheduledJob[] {
	const names = [...new Set(runs.map((run) => run.job as string))];
	return (names.length === 0 ? ["collect-clips"] : names).map((job) => ({
		job,
		cron: null,
		nextSlot: null,
		paused: null,
		slots: [],
	}));
}

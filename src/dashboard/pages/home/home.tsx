import { useEffect, useState } from "preact/hooks";
import type { Incidents, RunList, Schedule } from "../../api/shapes.ts";
import { useResource } from "../../api/use-resource.ts";
import { incidentsRefreshMs, openIncidentsPath } from "../../layout/header.tsx";
import { useTitle } from "../../parts/document-title.ts";
import { Loading, Refused } from "../../parts/notices.tsx";
import { useReader } from "../../parts/reader.tsx";
import { isLively } from "../../run-live/lively.ts";
import { HomeNotice } from "./home-notice.tsx";
import { IncidentsNow } from "./incidents-now.tsx";
import { JobEntry } from "./job-entry.tsx";
import { RecentRuns } from "./recent-runs.tsx";
import { SignsOfLife } from "./signs-of-life.tsx";
import { useReloadWhenChanged } from "./use-reload-when-changed.ts";

/** The first page: whether the last run of each job was good, and what is wrong now. */
const restingRefreshMs = 30_000;
const runningRefreshMs = 3_000;
const newestRunsPath = "/api/runs?limit=20";

export function HomePage({ search }: { readonly search: string }) {
	const { words } = useReader();
	useTitle(words.ledger);
	const [refreshMs, setRefreshMs] = useState(restingRefreshMs);
	const runs = useResource<RunList>(newestRunsPath, refreshMs);
	const newest = runs.value;
	const nowMs = Date.now();
	const isRunning = newest?.runs.some((run) => isLively(run, runs.atMs ?? nowMs, nowMs)) ?? false;
	useEffect(() => setRefreshMs(isRunning ? runningRefreshMs : restingRefreshMs), [isRunning]);
	const schedule = useResource<Schedule>("/api/schedule", restingRefreshMs);
	useReloadWhenChanged(schedule.reload, newest);
	const incidents = useResource<Incidents>(openIncidentsPath, incidentsRefreshMs);
	const reload = () => {
		runs.reload();
		schedule.reload();
		incidents.reload();
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
			<HomeNotice runs={runs} schedule={schedule} incidents={incidents} retry={reload} />
			<IncidentsNow open={incidents.value?.open ?? []} />
			{jobNames(newest, schedule.value).map((job, place) => (
				<JobEntry
					key={job}
					job={job}
					isFirst={place === 0}
					schedule={scheduleOf(job, schedule.value)}
					newest={newest.runs}
					onChanged={reload}
				/>
			))}
			{schedule.value !== undefined && <SignsOfLife schedule={schedule.value} />}
			<RecentRuns search={search} newest={newest} />
		</>
	);
}

/** Those with a schedule, and those that have run without one. */
function jobNames(newest: RunList, schedule: Schedule | undefined): readonly string[] {
	const scheduled = schedule?.jobs.map(({ job }) => job) ?? [];
	const ran = newest.runs.map((run) => run.job as string);
	return [...new Set([...scheduled, ...ran])];
}

/** @returns null for a job that has none, undefined while nobody knows */
function scheduleOf(job: string, schedule: Schedule | undefined) {
	return schedule === undefined
		? undefined
		: (schedule.jobs.find((one) => one.job === job) ?? null);
}

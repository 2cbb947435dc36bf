import { useMemo, useState } from "preact/hooks";
import { RerunDialog, type RerunScope } from "../../acting/rerun.tsx";
import type { RunList } from "../../api/shapes.ts";
import { useResource } from "../../api/use-resource.ts";
import { findUsual } from "../../format/usual.ts";
import { useKey } from "../../layout/key-names.ts";
import { useTitle } from "../../parts/document-title.ts";
import { Loading, Refused, Stale } from "../../parts/notices.tsx";
import { useReader } from "../../parts/reader.tsx";
import { useRun } from "../../run-live/use-run.ts";
import { go } from "../../url/location.ts";
import { runPath } from "../../url/routes.ts";
import { Failures } from "./failures.tsx";
import { Figures } from "./figures.tsx";
import { Heading } from "./heading.tsx";
import { RunsChart } from "./runs-chart.tsx";
import { StateBar } from "./state-bar.tsx";
import { Tasks } from "./tasks.tsx";

/** One run, the most important first: was it good, how did it go, what did it bring, what failed, each task. */
export default function RunPage({
	runId,
	search,
}: {
	readonly runId: string;
	readonly search: string;
}) {
	const { words } = useReader();
	const run = useRun(runId);
	const { summary } = run;
	const job = summary?.job;
	const others = useResource<RunList>(
		job === undefined ? null : `/api/runs?job=${encodeURIComponent(job)}&limit=48`,
	);
	const [rerun, setRerun] = useState<RerunScope | null>(null);
	// The list was asked for once; of this run itself more is known since.
	const runs = useMemo(
		() =>
			(others.value?.runs ?? []).map((other) =>
				summary !== undefined && other.runId === runId ? summary : other,
			),
		[others.value, summary, runId],
	);
	const usual = useMemo(
		() => (summary === undefined ? undefined : findUsual(summary, runs)),
		[summary, runs],
	);
	useTitle(summary === undefined ? words.run.title : `${words.run.title} ${summary.runId}`);

	const place = runs.findIndex((other) => other.runId === runId);
	const older = place < 0 ? undefined : runs[place + 1];
	const newer = place < 0 ? undefined : runs[place - 1];
	useKey("[", older === undefined ? null : () => go(runPath(older.runId)));
	useKey("]", newer === undefined ? null : () => go(runPath(newer.runId)));

	if (summary === undefined) {
		return run.refusal === undefined ? (
			<Loading />
		) : (
			<Refused refusal={run.refusal} retry={run.reload} />
		);
	}
	return (
		<>
			<Stale refusal={run.refusal} atMs={run.asOfMs} retry={run.reload} />
			<Heading run={run} summary={summary} older={older} newer={newer} onRerun={setRerun} />
			<StateBar summary={summary} run={run} usual={usual} />
			<Figures summary={summary} />
			<RunsChart
				summary={summary}
				run={run}
				runs={runs}
				others={others}
				usual={usual}
				search={search}
			/>
			<Failures summary={summary} run={run} onRerun={setRerun} />
			<Tasks runId={runId} summary={summary} run={run} search={search} onRerun={setRerun} />
			{rerun !== null && <RerunDialog runId={runId} what={rerun} onClose={() => setRerun(null)} />}
		</>
	);
}

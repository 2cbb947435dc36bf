import { post } from "../api/client.ts";
import type { Summary } from "../api/shapes.ts";
import { useReader } from "../parts/reader.tsx";
import { go } from "../url/location.ts";
import { runPath } from "../url/routes.ts";
import { Estimate } from "./estimate.tsx";
import { Question } from "./question.tsx";

/** A run beside the schedule. What it would take is what the last whole runs took. */
export function StartDialog(props: {
	readonly job: string;
	readonly runs: readonly Summary[];
	readonly onClose: () => void;
}) {
	const { words } = useReader();
	const whole = props.runs.filter(
		(run) => run.state === "sealed" && run.rerunOf === null && run.tasks.succeeded > 0,
	);
	const middle = (pick: (run: Summary) => number) => {
		const sorted = whole.map(pick).sort((a, b) => a - b);
		return sorted[Math.floor(sorted.length / 2)] ?? 0;
	};
	return (
		<Question<never, { readonly runId: string }>
			title={words.schedule.startNow}
			asks={`start ${props.job}`}
			confirm={words.act.doStart}
			check={null}
			describe={() => (
				<>
					<p>{words.act.startTold}</p>
					<Estimate
						tasks={whole[0]?.tasks.planned ?? 0}
						aboutMs={middle((run) => run.durationMs)}
						twitchRequests={middle((run) => run.meters["twitchRequests"] ?? 0)}
						basedOnRuns={whole.length}
					/>
				</>
			)}
			send={(key) => post("/api/runs", { job: props.job }, key)}
			onDone={({ runId }) => {
				go(runPath(runId));
				return undefined;
			}}
			onClose={props.onClose}
		/>
	);
}

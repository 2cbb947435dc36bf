import { post } from "../api/client.ts";
import type { DryRun } from "../api/shapes.ts";
import { useReader } from "../parts/reader.tsx";
import { go } from "../url/location.ts";
import { runPath } from "../url/routes.ts";
import { Estimate } from "./estimate.tsx";
import { Question } from "./question.tsx";

/** A run beside the schedule. */
export function StartDialog(props: { readonly job: string; readonly onClose: () => void }) {
	const { words } = useReader();
	return (
		<Question<DryRun, { readonly runId: string }>
			title={words.schedule.startNow}
			asks={`start ${props.job}`}
			confirm={words.act.doStart}
			check={() => post("/api/runs", { job: props.job, dryRun: true })}
			describe={(plan) =>
				plan && (
					<>
						<p>{words.act.startTold}</p>
						<Estimate plan={plan} />
					</>
				)
			}
			send={(key) => post("/api/runs", { job: props.job }, key)}
			onDone={({ runId }) => {
				go(runPath(runId));
				return undefined;
			}}
			onClose={props.onClose}
		/>
	);
}

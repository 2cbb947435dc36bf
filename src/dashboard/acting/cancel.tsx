import { post } from "../api/client.ts";
import type { TaskState } from "../api/shapes.ts";
import { formatCount } from "../format/spans.ts";
import { useReader } from "../parts/reader.tsx";
import { tellCancelled } from "../parts/told-run.ts";
import { Question } from "./question.tsx";

interface Cancelled {
	readonly cancelled: number;
	readonly running: number;
}

/** Stops what has not started. */
export function CancelDialog(props: {
	readonly runId: string;
	readonly open: number;
	/** Empty while they are not known. */
	readonly states: readonly TaskState[];
	readonly onDone: () => void;
	readonly onClose: () => void;
}) {
	const { words, language } = useReader();
	const count = (value: number) => formatCount(value, language);
	const running = props.states.filter((state) => state === "running").length;
	const stops = Math.max(0, props.open - running);
	return (
		<Question<never, Cancelled>
			title={words.act.cancel}
			asks={`cancel ${props.runId}`}
			confirm={words.act.doCancel}
			isDanger
			check={null}
			describe={() => (
				<>
					<p>
						{props.states.length === 0
							? words.act.cancelToldUncounted
							: words.act.cancelStops(stops, count(stops)) +
								(running === 0 ? "" : words.blank + words.act.cancelSpares(count(running)))}
					</p>
					<p>{words.act.cancelSealed}</p>
				</>
			)}
			send={(key) => post(`/api/runs/${encodeURIComponent(props.runId)}/cancel`, undefined, key)}
			onDone={(result) => {
				props.onDone();
				return tellCancelled(result.cancelled, result.running, words, language);
			}}
			onClose={props.onClose}
		/>
	);
}

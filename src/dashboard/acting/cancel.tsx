import { post } from "../api/client.ts";
import type { TaskState } from "../api/shapes.ts";
import { formatCount } from "../format/spans.ts";
import { useReader } from "../parts/reader.tsx";
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
							: words.act.cancelTold(count(Math.max(0, props.open - running)), count(running))}
					</p>
					<p>{words.act.cancelSealed}</p>
				</>
			)}
			send={(key) => post(`/api/runs/${encodeURIComponent(props.runId)}/cancel`, undefined, key)}
			onDone={(result) => {
				props.onDone();
				return words.act.cancelDone(count(result.cancelled), count(result.running));
			}}
			onClose={props.onClose}
		/>
	);
}

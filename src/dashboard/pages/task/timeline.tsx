import type { Attempt } from "../../api/shapes.ts";
import { formatDuration } from "../../format/spans.ts";
import { type Sign, signOfVerdict } from "../../parts/marks.tsx";
import { useReader } from "../../parts/reader.tsx";
import type { AttemptTimes } from "./attempt-times.ts";

/** The task's time as one line: thin while it waited, thick while it was worked on. */
export function toneOfAttempt(attempt: Attempt): Sign["tone"] {
	switch (attempt.outcome) {
		case null:
			return "busy";
		case "succeeded":
			return "good";
		case "deferred":
			return "still";
		case "retryable":
			return "warn";
		case "permanent":
			return signOfVerdict.failed.tone;
		default:
			return "late";
	}
}

export function Timeline({ times }: { readonly times: readonly AttemptTimes[] }) {
	const { words, language } = useReader();
	const totalMs = times.reduce((sum, { waitedMs, workedMs }) => sum + waitedMs + workedMs, 0);
	if (totalMs === 0) return null;
	const told = times
		.map(
			({ waitedMs, workedMs }) =>
				`${words.task.waiting} ${formatDuration(waitedMs, language)}, ${words.task.working} ${formatDuration(workedMs, language)}`,
		)
		.join(", ");
	return (
		<div class="timeline" role="img" aria-label={`${words.task.timeline}: ${told}`}>
			{times.map(({ attempt, waitedMs, workedMs }) => [
				<span
					key={`w${attempt.attempt.toString()}`}
					class="waited"
					style={{ flexGrow: waitedMs / totalMs }}
				/>,
				<span
					key={`a${attempt.attempt.toString()}`}
					class={`worked tone-${toneOfAttempt(attempt)}`}
					style={{ flexGrow: workedMs / totalMs }}
				/>,
			])}
		</div>
	);
}

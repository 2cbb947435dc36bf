import { formatDuration } from "../../format/spans.ts";
import { Mark } from "../../parts/marks.tsx";
import { useReader } from "../../parts/reader.tsx";
import { signOfAttempt } from "./attempt-sign.ts";
import { type AttemptTimes, chooseTicks, splitWork, workParts } from "./attempt-times.ts";

/** A tick so far to the right has its label on its left. */
const nearEnd = 0.9;

/** The task's time from the run's start on, a line an attempt: dotted while it waited, a bar while it was worked on. */
export function Timeline({ times }: { readonly times: readonly AttemptTimes[] }) {
	const { words, language } = useReader();
	const totalMs = times.reduce((sum, { waitedMs, workedMs }) => sum + waitedMs + workedMs, 0);
	if (totalMs === 0) return null;
	const span = (ms: number) => formatDuration(ms, language);
	const share = (ms: number) => `${((ms / totalMs) * 100).toFixed(3)}%`;
	const worked = times.map(splitWork);
	const sums = workParts.map((part) => worked.reduce((sum, one) => sum + one[part], 0));
	const waitedMs = times.reduce((sum, one) => sum + one.waitedMs, 0);
	const legend = [
		["waited", words.task.waiting, waitedMs] as const,
		...workParts.map((part, index) => [part, words.task[part], sums[index] ?? 0] as const),
	];
	const told = legend.map(([, word, ms]) => `${word} ${span(ms)}`).join(words.comma);
	let beforeMs = 0;
	return (
		<figure class="timeline">
			<div role="img" aria-label={words.task.timeline + words.colon + told}>
				{times.map((one, index) => {
					const fromMs = beforeMs;
					const workedFromMs = fromMs + one.waitedMs;
					beforeMs = workedFromMs + one.workedMs;
					return (
						<div key={one.attempt.attempt} class="timeline-row">
							<span class="num">
								<Mark sign={signOfAttempt(one.attempt, one.isLast)} /> {one.attempt.attempt}
							</span>
							<div class="timeline-track">
								<i class="waited" style={{ left: share(fromMs), width: share(one.waitedMs) }} />
								<i class="worked" style={{ left: share(workedFromMs), width: share(one.workedMs) }}>
									{workParts.map((part) => (
										<i key={part} class={part} style={{ flexGrow: worked[index]?.[part] ?? 0 }} />
									))}
								</i>
							</div>
						</div>
					);
				})}
				<div class="timeline-row timeline-axis">
					<span />
					<div class="timeline-track">
						{chooseTicks(totalMs).map((ms) => (
							<span
								key={ms}
								class={`num ${ms / totalMs > nearEnd ? "at-end" : ""}`}
								style={{ left: share(ms) }}
							>
								{ms === 0 ? 0 : span(ms)}
							</span>
						))}
					</div>
				</div>
			</div>
			<figcaption>
				{words.task.timeline}
				<ul>
					{legend.map(([part, word, ms]) => (
						<li key={part}>
							<i class={`swatch ${part}`} aria-hidden="true" /> {word}{" "}
							<span class="num">{ms === 0 ? "–" : span(ms)}</span>
						</li>
					))}
				</ul>
			</figcaption>
		</figure>
	);
}

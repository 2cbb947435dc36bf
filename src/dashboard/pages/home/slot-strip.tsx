import { useMemo } from "preact/hooks";
import type { Slot } from "../../api/shapes.ts";
import { formatCount, formatDuration, formatMoment, tellMoment } from "../../format/spans.ts";
import { type Bar, BarFigure } from "../../parts/bar-figure.tsx";
import { Badge, type Sign, signOfAccount, signOfVerdict } from "../../parts/marks.tsx";
import { useReader } from "../../parts/reader.tsx";
import { Duration, Moment } from "../../parts/time.tsx";
import { tellSlotReason } from "../../parts/told-failure.ts";
import { runPath } from "../../url/routes.ts";
import type { Words } from "../../words/words.ts";

/** The last 48 slots of a job: height is duration, a gap is a slot without a run. */
const slotsShown = 48;
const heightPx = 64;

export function SlotStrip({ slots }: { readonly slots: readonly Slot[] }) {
	const { words, language, timeZone } = useReader();
	const bars = useMemo<Bar[]>(
		() =>
			[...slots].reverse().map((slot) => {
				const atMs = Date.parse(slot.slot);
				const told = tellMoment(atMs, "dayMinute", language, timeZone);
				const took = slot.durationMs === null ? "" : formatDuration(slot.durationMs, language);
				return {
					key: slot.slot,
					value: slot.durationMs,
					sign: signOfSlot(slot),
					at: formatMoment(atMs, "dayMinute", language, timeZone),
					told: [told, tellSlot(slot, words), took].filter((part) => part !== "").join(" · "),
					href: slot.runId === null ? null : runPath(slot.runId),
				};
			}),
		[slots, words, language, timeZone],
	);
	if (slots.length === 0) return <p class="soft strip-empty">{words.strip.empty}</p>;
	const good = slots.filter((slot) => slot.verdict === "succeeded").length;
	const count = (value: number) => formatCount(value, language);
	const summary = words.strip.summary(slots.length, count(good), count(slots.length));
	return (
		<BarFigure
			label={words.strip.title + words.colon + summary}
			bars={bars}
			columns={slotsShown}
			heightPx={heightPx}
			legend={
				<>
					{words.strip.title}
					{words.colon}
					{summary}
					{words.stop}
					{words.strip.legend}
				</>
			}
		>
			<details class="unfolds">
				<summary>{words.strip.asTable}</summary>
				<SlotTable slots={slots} />
			</details>
		</BarFigure>
	);
}

function signOfSlot(slot: Slot): Sign {
	return slot.verdict === null ? signOfAccount[slot.account] : signOfVerdict[slot.verdict];
}

function tellSlot(slot: Slot, words: Words): string {
	const account = words.account[slot.account];
	if (slot.verdict !== null) {
		const verdict = words.verdict[slot.verdict];
		return slot.account === "late" ? `${verdict} (${words.strip.late})` : verdict;
	}
	if (slot.runId !== null) return words.running;
	return slot.reason === null
		? account
		: account + words.colon + tellSlotReason(slot.reason, words);
}

function SlotTable({ slots }: { readonly slots: readonly Slot[] }) {
	const { words, language } = useReader();
	return (
		<div class="table-scroll">
			<table class="ledger-table">
				<thead>
					<tr>
						<th scope="col">{words.strip.slot}</th>
						<th scope="col">{words.strip.result}</th>
						<th scope="col" class="right">
							{words.strip.tasks}
						</th>
						<th scope="col" class="right">
							{words.strip.duration}
						</th>
					</tr>
				</thead>
				<tbody>
					{slots.map((slot) => (
						<tr key={slot.slot}>
							<td>
								{slot.runId === null ? (
									<Moment at={slot.slot} />
								) : (
									<a href={runPath(slot.runId)}>
										<Moment at={slot.slot} />
									</a>
								)}
							</td>
							<td>
								<Badge sign={signOfSlot(slot)} text={tellSlot(slot, words)} />
							</td>
							<td class="right num">
								{slot.tasks === null
									? "–"
									: words.recent.outOf(
											formatCount(slot.tasks.succeeded, language),
											formatCount(slot.tasks.planned, language),
										)}
							</td>
							<td class="right">
								<Duration ms={slot.durationMs} />
							</td>
						</tr>
					))}
				</tbody>
			</table>
		</div>
	);
}

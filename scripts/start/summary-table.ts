import type { Verdict } from "../../src/domain/run.ts";
import type { ErrorGroup, Summary } from "../../src/domain/summary.ts";
import { count, counted, type Screen, span, tame } from "./screen.ts";

const labelColumns = 13;
const idsShown = 5;
const groupsShown = 10;

const looks = {
	succeeded: { mark: "✔", color: "green" },
	partial: { mark: "▲", color: "yellow" },
	failed: { mark: "✖", color: "red" },
	cancelled: { mark: "■", color: "yellow" },
	timed_out: { mark: "✖", color: "red" },
} as const satisfies Record<Verdict, { mark: string; color: string }>;

/** A sealed run as a table: what an operator asks first stands first. */
export function showSummary(screen: Screen, summary: Summary): void {
	const rule = screen.paint("dim", "─".repeat(screen.width - 4));
	screen.line(`  ${rule}`);
	for (const [label, ...lines] of rowsOf(screen, summary)) {
		for (const [index, line] of lines.entries()) {
			const head = (index === 0 ? label : "").padEnd(labelColumns);
			screen.line(`  ${screen.paint("dim", head)}${line}`);
		}
	}
	for (const line of failureLines(screen, summary.errors)) screen.line(line && `  ${line}`);
	screen.line(`  ${rule}`);
}

/** `✔ succeeded`, in its colour. */
export function verdictWord(screen: Pick<Screen, "paint">, { verdict }: Summary): string {
	if (verdict === null) return "open";
	const { mark, color } = looks[verdict];
	return screen.paint(color, `${mark} ${verdict.replace("_", " ")}`);
}

/** `200 of 200 done, 0 failed, 0 lost` */
export function describeTasks({ tasks }: Summary): string {
	return [
		`${count(tasks.succeeded)} of ${count(tasks.planned)} done`,
		`${count(tasks.failed)} failed`,
		`${count(tasks.lost)} lost`,
		...(tasks.cancelled > 0 ? [`${count(tasks.cancelled)} cancelled`] : []),
		...(tasks.open > 0 ? [`${count(tasks.open)} open`] : []),
	].join(", ");
}

/** `41 new, 530 changed` */
export function describeClips({ yield: produced }: Summary): string {
	return `${count(produced["clipsNew"] ?? 0)} new, ${count(produced["clipsChanged"] ?? 0)} changed`;
}

type Row = readonly [label: string, ...lines: string[]];

function rowsOf(screen: Screen, summary: Summary): Row[] {
	const { tasks, attempts, meters, yield: produced } = summary;
	const meter = (name: string) => meters[name] ?? 0;
	const objects = meter("gateRequests") + meter("coordinatorRequests");
	const requests = meter("twitchRequests") + meter("d1Queries") + objects;
	const each = tasks.planned === 0 ? "" : `, ${(requests / tasks.planned).toFixed(2)} a streamer`;
	const rejected = produced["clipsRejected"] ?? 0;
	const throttledMs = meter("twitchThrottledMs");
	return [
		["Run", summary.runId],
		["Verdict", `${verdictWord(screen, summary)}: ${explain(summary)}`],
		["Streamers", describeTasks(summary)],
		[
			"Clips",
			`${describeClips(summary)}, ${count(produced["clipsUnchanged"] ?? 0)} unchanged, from ${counted(produced["streamersWithClips"] ?? 0, "streamer")}`,
			...(rejected > 0 ? [`${count(rejected)} could not be read and were left out`] : []),
		],
		["Time", span(summary.durationMs)],
		["Recovered", describeRecovery(summary)],
		[
			"Requests",
			`${count(requests)}: Twitch ${count(meter("twitchRequests"))}, D1 ${count(meter("d1Queries"))}, objects ${count(objects)}${each}`,
			...(throttledMs > 0 ? [`${span(throttledMs)} spent waiting for Twitch's rate limit`] : []),
		],
		[
			"Queue",
			`${counted(meter("messages"), "message")}, ${counted(meter("queueOperations"), "operation")}`,
		],
		[
			"Rows written",
			`D1 ${count(meter("d1RowsWritten"))}, coordinator ${count(meter("ledgerRowsWritten"))}`,
		],
		...(attempts.lateReports + attempts.duplicateDeliveries > 0
			? [
					[
						"Ignored",
						`${counted(attempts.lateReports, "late report")}, ${count(attempts.duplicateDeliveries)} messages that came twice`,
					] as const,
				]
			: []),
		...(summary.balanced
			? []
			: [
					[
						"Balance",
						screen.paint("red", "the numbers do not add up: this is a bug of daicho's"),
					] as const,
				]),
	];
}

function explain({ verdict, tasks, errors }: Summary): string {
	const undone = tasks.planned - tasks.succeeded;
	switch (verdict) {
		case "succeeded":
			return tasks.planned === 0
				? "there was nothing to do, no streamer is enabled"
				: "every streamer was collected";
		case "partial":
			return `${counted(undone, "streamer")} ${undone === 1 ? "was" : "were"} not collected`;
		case "failed":
			return tasks.planned === 0 && errors.length > 0
				? "the run could not be planned"
				: "no streamer was collected";
		case "cancelled":
			return "an operator stopped it";
		case "timed_out":
			return `the deadline came before ${counted(undone, "streamer")} ${undone === 1 ? "was" : "were"} done`;
		default:
			return "it is still open";
	}
}

function describeRecovery({ tasks, attempts }: Summary): string {
	if (tasks.recovered + attempts.retried + attempts.leasesExpired === 0) {
		return "nothing had to be: no retry, no lost message";
	}
	const words = [
		counted(tasks.recovered, "streamer"),
		`${counted(attempts.retried, "attempt")} repeated`,
		`${counted(attempts.leasesExpired, "lease")} ran out`,
	];
	return words.join(", ");
}

/** One line a cause, the most frequent first, as the ledger groups them. */
function failureLines(screen: Screen, errors: readonly ErrorGroup[]): string[] {
	if (errors.length === 0) return [];
	const shown = errors.slice(0, groupsShown);
	const digits = Math.max(...shown.map((group) => count(group.count).length));
	const lines = ["", screen.paint("bold", "Failures")];
	for (const group of shown) {
		const head = `${count(group.count).padStart(digits)} × ${group.code}`;
		lines.push(
			`${screen.paint("red", head)}  ${tame(group.message, screen.width - head.length - 6)}`,
		);
		const ids = group.taskIds.slice(0, idsShown);
		const more = group.count > ids.length ? ", …" : "";
		if (ids.length > 0) lines.push(`${" ".repeat(digits + 3)}${ids.join(", ")}${more}`);
	}
	const rest = errors.length - shown.length;
	if (rest > 0) lines.push(`and ${count(rest)} more causes: see errors in the run's JSON`);
	return lines;
}

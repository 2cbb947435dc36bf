import { formatCount } from "../../format/spans.ts";
import { FailureText } from "../../parts/failure-text.tsx";
import { Badge } from "../../parts/marks.tsx";
import { useReader } from "../../parts/reader.tsx";
import { TableScroll } from "../../parts/table-scroll.tsx";
import { Duration, Moment } from "../../parts/time.tsx";
import { signOfAttempt } from "./attempt-sign.ts";
import type { AttemptTimes } from "./attempt-times.ts";
import { tellOutcome } from "./told-outcome.ts";

/** Attempts with their times and how each ended. */
export function Attempts({ times }: { readonly times: readonly AttemptTimes[] }) {
	const { words } = useReader();
	const columns = ["waited", "duration", "atTwitch", "atD1", "requests"] as const;
	return (
		<TableScroll label={words.task.attempts}>
			<table class="ledger-table attempts-table">
				<thead>
					<tr>
						<th scope="col">{words.task.attempt}</th>
						<th scope="col">{words.task.claimed}</th>
						<th scope="col">{words.task.outcome}</th>
						{columns.map((column) => (
							<th key={column} scope="col" class="right">
								{words.task[column]}
							</th>
						))}
					</tr>
				</thead>
				<tbody>
					{times.map((one) => (
						<AttemptRow key={one.attempt.attempt} {...one} />
					))}
				</tbody>
			</table>
		</TableScroll>
	);
}

function AttemptRow(times: AttemptTimes) {
	const { words, language } = useReader();
	const { attempt, waitedMs, workedMs } = times;
	return (
		<tr>
			<td class="num">{attempt.attempt}</td>
			<td>
				<Moment at={attempt.claimedAt} shape="second" />
			</td>
			<td>
				<Badge sign={signOfAttempt(attempt, times.isLast)} text={tellOutcome(times, words)} />
				{attempt.error !== null && (
					<span class="small soft attempt-error">
						<FailureText failure={attempt.error} /> <code>{attempt.error.code}</code>
					</span>
				)}
			</td>
			<td class="right">
				<Duration ms={waitedMs} />
			</td>
			<td class="right">
				<Duration ms={workedMs} />
			</td>
			<td class="right">
				<Duration ms={attempt.meters?.["twitchMs"] ?? null} />
			</td>
			<td class="right">
				<Duration ms={attempt.meters?.["d1Ms"] ?? null} />
			</td>
			<td class="right num">
				{attempt.meters === null
					? "–"
					: formatCount(attempt.meters["twitchRequests"] ?? 0, language)}
			</td>
		</tr>
	);
}

import { formatCount, formatDuration } from "../format/spans.ts";
import { useReader } from "../parts/reader.tsx";

/** An estimate is no measurement: milliseconds would say that it is. */
const shownMsMin = 1_000;

/** What a run would take: how many tasks, about how long, about how many Twitch points. */
export function Estimate(props: {
	readonly tasks: number;
	readonly aboutMs: number;
	readonly twitchRequests: number;
	readonly basedOnRuns: number;
}) {
	const { words, language } = useReader();
	const count = (value: number) => formatCount(value, language);
	const hasBasis = props.basedOnRuns > 0;
	return (
		<>
			<dl class="estimate">
				<div>
					<dt>{words.act.tasks}</dt>
					<dd>{hasBasis || props.tasks > 0 ? count(props.tasks) : "–"}</dd>
				</div>
				<div>
					<dt>{words.act.about}</dt>
					<dd>{hasBasis ? formatDuration(Math.max(shownMsMin, props.aboutMs), language) : "–"}</dd>
				</div>
				<div>
					<dt>{words.act.points}</dt>
					<dd>
						{hasBasis ? count(props.twitchRequests) : "–"}
						<small>{words.act.pointsTold}</small>
					</dd>
				</div>
			</dl>
			<p class="soft small">
				{hasBasis
					? words.act.basis(props.basedOnRuns, count(props.basedOnRuns))
					: words.act.noBasis}
			</p>
		</>
	);
}

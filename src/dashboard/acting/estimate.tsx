import type { DryRun } from "../api/shapes.ts";
import { formatAbout, formatCount } from "../format/spans.ts";
import { useReader } from "../parts/reader.tsx";

/** What a run would take: how many tasks, about how long, about how many Twitch points. */
export function Estimate({ plan }: { readonly plan: DryRun }) {
	const { words, language } = useReader();
	const count = (value: number) => formatCount(value, language);
	const { basedOnRuns, aboutMs, aboutMeters } = plan;
	const hasBasis = basedOnRuns > 0;
	return (
		<>
			<dl class="estimate">
				<div>
					<dt>{words.act.tasks}</dt>
					<dd>{count(plan.tasks)}</dd>
				</div>
				<div>
					<dt>{words.act.about}</dt>
					<dd>{hasBasis ? formatAbout(aboutMs, language) : "–"}</dd>
				</div>
				<div>
					<dt>{words.act.points}</dt>
					<dd>
						{hasBasis ? count(aboutMeters["twitchRequests"] ?? 0) : "–"}
						<small>{words.act.pointsTold}</small>
					</dd>
				</div>
			</dl>
			<p class="soft small">
				{hasBasis ? words.act.basis(basedOnRuns, count(basedOnRuns)) : words.act.noBasis}
			</p>
		</>
	);
}

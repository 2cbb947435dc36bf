import type { Summary } from "../../api/shapes.ts";
import { formatCount, formatDuration } from "../../format/spans.ts";
import { useReader } from "../../parts/reader.tsx";

/** What the run brought, and what it took. */
export function Figures({ summary }: { readonly summary: Summary }) {
	const { words, language } = useReader();
	const yields: Readonly<Record<string, string>> = {
		clipsNew: words.run.clipsNew,
		clipsChanged: words.run.clipsChanged,
		clipsUnchanged: words.run.clipsUnchanged,
		clipsSeen: words.run.clipsSeen,
		clipsRejected: words.run.clipsRejected,
		streamersWithClips: words.run.streamers,
	};
	// In the order of an account, and what another job brings behind it, by its own name.
	const brought = [...new Set([...Object.keys(yields), ...Object.keys(summary.yield)])].filter(
		(name) => name in summary.yield,
	);
	const took = (name: string) => formatCount(summary.meters[name] ?? 0, language);
	const throttledMs = summary.meters["twitchThrottledMs"] ?? 0;
	return (
		<div class="figures">
			<section>
				<h2>{words.run.yield}</h2>
				<dl class="account">
					{brought.map((name) => (
						<Line
							key={name}
							word={yields[name] ?? name}
							figure={formatCount(summary.yield[name] ?? 0, language)}
							isSum={name === "clipsSeen"}
						/>
					))}
				</dl>
			</section>
			<section>
				<h2>{words.run.cost}</h2>
				<dl class="account">
					<Line word={words.run.twitchRequests} figure={took("twitchRequests")} />
					<Line word={words.run.throttled} figure={formatDuration(throttledMs, language)} />
					<Line word={words.run.queueOperations} figure={took("queueOperations")} />
					<Line word={words.run.d1Rows} figure={took("d1RowsWritten")} />
					<Line word={words.run.d1Read} figure={took("d1RowsRead")} />
					<Line word={words.run.ledgerRows} figure={took("ledgerRowsWritten")} />
				</dl>
			</section>
		</div>
	);
}

function Line(props: { readonly word: string; readonly figure: string; readonly isSum?: boolean }) {
	return (
		<div class={props.isSum ? "sum-line" : ""}>
			<dt>{props.word}</dt>
			<dd class="num">{props.figure}</dd>
		</div>
	);
}

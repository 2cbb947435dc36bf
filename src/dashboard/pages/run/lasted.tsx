import type { Summary } from "../../api/shapes.ts";
import { formatDuration } from "../../format/spans.ts";
import { useReader } from "../../parts/reader.tsx";
import { useLasted } from "../../run-live/use-lasted.ts";
import type { RunView } from "../../run-live/use-run.ts";

/** How long the run has lasted. By itself, as nothing else on the page is drawn anew each second. */
export function Lasted({ summary, run }: { readonly summary: Summary; readonly run: RunView }) {
	const { language } = useReader();
	return <>{formatDuration(useLasted(summary, run, 1_000), language)}</>;
}

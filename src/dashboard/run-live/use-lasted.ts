import { useEffect, useState } from "preact/hooks";
import type { Summary } from "../api/shapes.ts";
import { lastedMs } from "./lively.ts";
import type { RunView } from "./use-run.ts";

/**
 * How long a run has lasted, milliseconds. While the link to an open one lives it goes on with the clock, as a run that
 * waits says nothing for minutes; without that link it is as old as all else that is shown.
 */
export function useLasted(
	summary: Summary,
	{ link, asOfMs }: Pick<RunView, "link" | "asOfMs">,
	everyMs: number,
): number {
	const isGoingOn = link === "live" && asOfMs !== undefined;
	const [nowMs, setNowMs] = useState(Date.now);
	useEffect(() => {
		if (!isGoingOn) return;
		const timer = setInterval(() => setNowMs(Date.now()), everyMs);
		return () => clearInterval(timer);
	}, [isGoingOn, everyMs]);
	return isGoingOn ? lastedMs(summary, asOfMs, nowMs) : summary.durationMs;
}

import type { IncidentKind } from "./incident.ts";
import type { Verdict } from "./run.ts";
import type { TaskTotals } from "./totals.ts";

/** Whether somebody has to be told of a sealed run. Pure. */
export type Judgement =
	| { readonly kind: "good" }
	| { readonly kind: "bad"; readonly incident: (typeof runIncidentKinds)[number] }
	/** An operator stopped it: that says nothing. */
	| { readonly kind: "neither" };

/** The incidents that a sealed run can open, and that a good one is the end of. */
export const runIncidentKinds = [
	"run_failed",
	"run_timed_out",
	"run_over_tolerance",
] as const satisfies readonly IncidentKind[];

/** @param toleratedPercent of the planned tasks, failed and lost together; more than this is bad */
export function judgeRun(
	run: { readonly verdict: Verdict | null; readonly tasks: TaskTotals },
	toleratedPercent: number,
): Judgement {
	if (run.verdict === "cancelled" || run.verdict === null) return { kind: "neither" };
	if (run.verdict === "failed") return { kind: "bad", incident: "run_failed" };
	if (run.verdict === "timed_out") return { kind: "bad", incident: "run_timed_out" };
	const { planned, failed, lost } = run.tasks;
	return (failed + lost) * 100 > planned * toleratedPercent
		? { kind: "bad", incident: "run_over_tolerance" }
		: { kind: "good" };
}

import { s } from "./plural.ts";

/** The words of the ledger itself, on every page: verdicts, states, outcomes, what a run came to. */
export const ledgerWords = {
	verdict: {
		succeeded: "Succeeded",
		partial: "Partial",
		failed: "Failed",
		cancelled: "Cancelled",
		timed_out: "Timed out",
	},
	running: "Running",
	taskState: {
		succeeded: "succeeded",
		failed: "failed",
		lost: "lost",
		cancelled: "cancelled",
		running: "running",
		waiting: "waiting",
		planned: "planned",
	},
	taskStateTold: {
		succeeded: "An attempt succeeded.",
		failed: "The last attempt said that it failed.",
		lost: "Attempts were used up, or the deadline came, without a word.",
		cancelled: "The run was stopped before this task was begun, or begun again.",
		running: "An attempt is under way.",
		waiting: "It waits for its next attempt.",
		planned: "Its turn has not come yet.",
	},
	outcome: {
		succeeded: "succeeded",
		retryable: "failed, to be tried again",
		permanent: "failed for good",
		deferred: "given back, to be gone on with",
		lease_expired: "fell silent; its lease ran out",
		run_closed: "cut off by the end of the run",
	},
	account: {
		run: "run",
		late: "started late",
		overlap: "skipped: the run before was still going",
		paused: "paused",
		missed: "missed",
		due: "due now",
	},
	trigger: {
		cron: "by cron",
		alarm: "by alarm",
		manual: "by hand",
		rerun: "rerun",
		after: "after another run",
	},
	// What a run came to, in one sentence.
	verdictTold: {
		succeeded: (planned: number, shown: string) =>
			planned === 0
				? "There was nothing to do."
				: planned === 1
					? "Its only task succeeded."
					: `All ${shown} tasks succeeded.`,
		partial: (planned: number, part: string, whole: string) =>
			`${part} of ${whole} ${s(planned, "task")} did not succeed.`,
		failed: (planned: number, shown: string) =>
			planned === 0
				? "The run could not be planned."
				: planned === 1
					? "Its only task did not succeed."
					: `None of ${shown} tasks succeeded.`,
		cancelled: (planned: number, part: string, whole: string) =>
			planned === 0
				? "Stopped by an operator before it was planned."
				: `Stopped by an operator: ${part} of ${whole} ${s(planned, "task")} had succeeded.`,
		timed_out: (planned: number, part: string, whole: string) =>
			`The deadline cut it off: ${part} of ${whole} ${s(planned, "task")} had succeeded.`,
	},
	openTold: {
		planning: () => "Planning: the tasks are being listed.",
		running: (planned: number, part: string, whole: string) =>
			`Running: ${part} of ${whole} ${s(planned, "task is", "tasks are")} done.`,
		sealing: (planned: number, _: string, whole: string) =>
			`Sealing: ${s(planned, "its only task is", `all ${whole} tasks are`)} closed, and the result is being written.`,
	} as Readonly<
		Record<
			"planning" | "running" | "sealing",
			(planned: number, part: string, whole: string) => string
		>
	>,
	chart: { cut: "A broken bar is higher than fits here." },
};

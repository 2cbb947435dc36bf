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
		cancelled: "The run was stopped before it started.",
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
			planned === 0 ? "There was nothing to do." : `All ${shown} ${s(planned, "task")} succeeded.`,
		partial: (shown: string, planned: string) => `${shown} of ${planned} tasks did not succeed.`,
		failed: (planned: number, shown: string) =>
			planned === 0 ? "The run could not be planned." : `None of ${shown} tasks succeeded.`,
		cancelled: (shown: string, planned: string) =>
			`Stopped by an operator: ${shown} of ${planned} tasks had succeeded.`,
		timed_out: (shown: string, planned: string) =>
			`The deadline cut it off: ${shown} of ${planned} tasks had succeeded.`,
	},
	openTold: (state: "planning" | "running" | "sealing", done: string, planned: string) =>
		state === "planning"
			? "Planning: the tasks are being listed."
			: state === "running"
				? `Running: ${done} of ${planned} tasks are done.`
				: `Sealing: all ${planned} tasks are closed, and the result is being written.`,
	chart: { cut: "A broken bar is higher than fits here." },
};

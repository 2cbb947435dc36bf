import { s } from "./plural.ts";

/** What the page can do, asked before it is done. */
export const actingWords = {
	act: {
		/** Failed and lost are two states: what was only lost is not said to have failed. */
		rerunFailed: (failed: number, lost: number, shown: string) =>
			`Re-run ${shown} ${lost === 0 ? "failed" : failed === 0 ? "lost" : "failed or lost"} ${s(failed + lost, "task")}`,
		rerunAll: "Re-run all",
		rerunSelected: (count: number, shown: string) => `Re-run ${shown} ${s(count, "task")}`,
		rerunThese: "Re-run these",
		/** Of the question, by what is run again. */
		rerunTitle: {
			failed: "Re-run what failed",
			cause: "Re-run one cause",
			all: "Re-run all",
			selection: "Re-run the selection",
		},
		cancel: "Cancel this run",
		/** By how one is signed in: who may act is decided elsewhere in each case. */
		viewer: {
			cookie:
				"You can look but not act: you are signed in as a viewer. To act, sign out, and in again with the ADMIN_TOKEN.",
			token: "You can look but not act: that needs the ADMIN_TOKEN.",
			access: "You can look but not act: who may act is named in the variable ACCESS_OPERATORS.",
		},
		checking: "Finding out what this would do …",
		tasks: "Tasks",
		about: "About",
		points: "Twitch points",
		pointsTold: "of 800 a minute",
		window: "It looks at the same time span as the old run, which stays as it was.",
		windowAnew:
			"The old run was never planned and has no time span: this one looks at the time up to now. The old run stays as it was.",
		basis: (count: number, shown: string) =>
			`Estimated from ${shown} earlier ${s(count, "run")}. Retries take longer, and more points.`,
		noBasis: "No run to estimate from yet.",
		startTold: "A run over all enabled streamers, beside the schedule.",
		// What waits for its next attempt has started, and is stopped all the same.
		cancelStops: (count: number, shown: string) =>
			`Stops ${shown} ${s(count, "task")} that ${s(count, "is", "are")} not under way.`,
		cancelSpares: (shown: string) => `${shown} under way may still finish.`,
		cancelToldUncounted:
			"Stops all tasks that are not under way; those under way may still finish.",
		pauseSkips: (count: number, shown: string) => `${shown} ${s(count, "slot")} will have no run.`,
		cancelSealed: "The run is then sealed as cancelled, and can be re\u2011run.",
		cancelDone: (count: number, shown: string) =>
			`${shown} ${s(count, "task")} ${s(count, "was", "were")} stopped.`,
		cancelSpared: (count: number, shown: string) =>
			`${shown} under way ${s(count, "finishes", "finish")}.`,
		pauseTold:
			"No slot starts a run meanwhile. A run under way goes on, and you can start runs by hand.",
		pauseFor: "For how long",
		hours: (count: number) => `${count} ${s(count, "hour")}`,
		days: (count: number) => `${count} ${s(count, "day")}`,
		until: <Time>(time: Time): (string | Time)[] => ["until ", time],
		reasonTold: "For those who look here and wonder. 1 to 200 characters.",
		reasonMissing: "Say why, in a few words.",
		resumeTold: <Time>(time: Time): (string | Time)[] => ["The next slot runs again: ", time, "."],
		doRerun: "Re-run now",
		doStart: "Start it",
		doCancel: "Stop it",
		doPause: "Pause",
		doResume: "Resume",
		keep: "Not now",
		sending: "Sending …",
		failedTitle: "This did not work.",
		again: "Try again",
	},
};

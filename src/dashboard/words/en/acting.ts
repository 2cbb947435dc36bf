import { s } from "./plural.ts";

/** What the page can do, asked before it is done. */
export const actingWords = {
	act: {
		rerun: "Re-run",
		rerunFailed: (count: number, shown: string) => `Re-run ${shown} failed ${s(count, "task")}`,
		rerunAll: "Re-run all",
		rerunSelected: (count: number, shown: string) => `Re-run ${shown} ${s(count, "task")}`,
		rerunThese: "Re-run these",
		cancel: "Cancel this run",
		viewer: "You can look but not act: you are signed in as a viewer.",
		checking: "Finding out what this would do …",
		tasks: "Tasks",
		about: "About",
		points: "Twitch points",
		pointsTold: "of 800 a minute",
		window: "It looks at the same time span as the old run, which stays as it was.",
		basis: (count: number, shown: string) => `Estimated from the last ${shown} ${s(count, "run")}.`,
		noBasis: "No run to estimate from yet.",
		startTold: "A run over all enabled streamers, beside the schedule.",
		cancelTold: (stops: string, running: string) =>
			`Stops ${stops} tasks that have not started; ${running} under way may finish.`,
		cancelToldUncounted: "Stops all tasks that have not started; those under way may finish.",
		pauseSkips: (count: number, shown: string) => `${shown} ${s(count, "slot")} will have no run.`,
		cancelSealed: "The run is then sealed as cancelled, and can be re-run.",
		cancelDone: (stopped: string, running: string) =>
			`${stopped} tasks were stopped; ${running} under way finish.`,
		pauseTold:
			"No slot starts a run meanwhile. A run under way goes on, and you can start runs by hand.",
		pauseFor: "For how long",
		hours: (count: number) => `${count} ${s(count, "hour")}`,
		days: (count: number) => `${count} ${s(count, "day")}`,
		until: <Time>(time: Time): (string | Time)[] => ["until ", time],
		reasonTold: "For those who look here and wonder. 1 to 200 characters.",
		reasonMissing: "Say why, in a few words.",
		resumeTold: (time: string) => `The next slot runs again: ${time}.`,
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

/** For the report: what the watch and the checker look at, and what no simulation here looks at. */
export const invariants: readonly (readonly [string, string])[] = [
	[
		"P1 every run seals",
		"An alarm is alive whenever a run is there, but one that the platform gave up; the alarm of the deadline closes the run; a run never goes back; a seal never changes; in the end nothing is open, unsealed or untold.",
	],
	[
		"P2 conservation",
		"A closed task never changes; no task is lost while attempts and time remained; a run that had time when all was well again loses none; the states add up in the summary, in `run_tasks` and in the run's own object.",
	],
	[
		"P3 exact numbers",
		"A lease has one holder; exactly the reports with a current lease are heard; a closed run writes no clip; the sum of `clipsNew` over all runs is the number of clips in the store, and each run's is the number of its own.",
	],
	[
		"P4 no regression",
		"No clip is overwritten by an older fetch; what stands there is what Twitch told whoever asked at that time.",
	],
	[
		"P5 one run a slot",
		"Each slot has one account, which is final once it is known whether its run has started; a run of a slot belongs to it; each incident is over in the end, told on every channel, its beginning before its end; what was taken is not told again; each run is followed by the one that comes after it.",
	],
	[
		"P6 bounded cost",
		"Attempts and messages in flight stay within their limits; no run is ended at a limit; there is an end of events.",
	],
];

export const notSimulated: readonly string[] = [
	"HTTP: the API, the dashboard and how notices are worded. Operators call what the routes call.",
	"The token's own object: consumers get a token or none.",
	"Limits of CPU, memory and subrequests.",
	"Losing what an object has written: a write that was answered stays, as the platform promises.",
	"More than 40 tasks a run: seals in several chunks are tested in `test/support/suites`.",
	"The platform itself: that workerd behaves as the model does is what `test/workerd` is for.",
];

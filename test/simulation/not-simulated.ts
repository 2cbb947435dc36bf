/** For the report: what no simulation here looks at. */
export const notSimulated: readonly string[] = [
	"HTTP: the API, the dashboard and how notices are worded. Operators call what the routes call.",
	"The token's own object: a token that works, expires or is not to be had comes from a model of it.",
	"Clocks of objects that are more than two minutes off; consumers' may be an hour off.",
	"Limits of CPU and memory, and of subrequests but for what consumers ask of Twitch.",
	"Losing what an object has written: a write that was answered stays, as the platform promises.",
	"More than 20 tasks a run: seals in several chunks are tested in `test/support/suites`.",
	"The slot that comes when all has long been well: every second world ends before it (`next-slot`).",
	"drizzle's own mapping of rows and its type checks: faster ones of the same meaning stand in ([hooks.ts](../test/simulation/hooks.ts)).",
	"The platform itself: that workerd behaves as the model does is what `test/workerd` is for.",
];

/**
 * Owns what the bad days are called: every fault that the simulated Twitch can be given, alone or
 * with others. What each of them does is decided in the files beside this one.
 */
export const faultNames = [
	"moving-order",
	"endless-cursors",
	"short-pages",
	"empty-pages",
	"late-clips",
	"deleted-clips",
	"deleted-videos",
	"malformed-clips",
	"broken-thumbnails",
	"prolific",
	"revoked-tokens",
	"short-tokens",
	"throttling",
	"server-errors",
	"bad-gateways",
	"cut-answers",
	"unanswered",
	"dropped-connections",
	"slow-answers",
	"dead",
] as const;
export type FaultName = (typeof faultNames)[number];

/**
 * What it does, how often, and the habit of the real Twitch that it has from (numbers are
 * twitchdev/issues).
 */
export const faultDescriptions: Readonly<Record<FaultName, string>> = {
	"moving-order":
		"every page after the first repeats 0 to 2 clips of the one before, pushed down by others that rose; in listings of more than 100 clips neighbours change places at each request as well, which leaves gaps (offset cursors over an order by views)",
	"endless-cursors":
		"a listing that fills all its 1,000 places has a cursor on every page and begins again behind the last (#1188)",
	"short-pages":
		"half of the pages hold a twentieth to a quarter of the clips asked for, with a cursor to the next one",
	"empty-pages":
		"the listings of half the streamers end with a cursor to an empty page, which has a cursor to an empty page (#2, #688)",
	"late-clips":
		"one clip in ten is listed only half an hour to three hours after it was made (#1135)",
	"deleted-clips":
		"one clip in twelve is gone 1 to 48 hours after it was made, silently missing by id; its place in a page stays, so the page is short",
	"deleted-videos":
		"one video in five is deleted 6 to 24 hours after the clip was made, and video_id and vod_offset are empty again",
	"malformed-clips":
		"8 entries more on every day of an active streamer, each with one of the 17 fields missing, null, of a wrong type or alien, or no object at all",
	"broken-thumbnails":
		"one clip in five has a thumbnail_url that is empty, cut off, a template or no URL",
	prolific:
		"the first active streamer, or those named, has 1,600 more clips on every day, of which a listing holds the 1,000 most viewed",
	"revoked-tokens":
		"a token is refused (401) long before its end: the first after a quarter of `requests` (250) requests, the others after all of them",
	"short-tokens": "a token lives for `seconds` (20) and says so; real ones live about 60 days",
	throttling:
		"429 from a bucket of `points` (800) that fills up by `pointsPerMinute` (800), with Ratelimit headers that are true and no Retry-After",
	"server-errors": "500 in Helix's shape; how often: see failures.ts",
	"bad-gateways": "502 with a proxy's HTML; how often: see failures.ts",
	"cut-answers":
		"200 with the first half of its JSON, which either ends there or breaks the connection; how often: see failures.ts",
	unanswered:
		"no answer ever, or a body that stops in the middle and stays open; how often: see failures.ts",
	"dropped-connections": "the connection is closed before the answer; how often: see failures.ts",
	"slow-answers": "one answer in six comes `ms` (300) later",
	dead: "one streamer in 25, or those named, always fails: with 404 or 500 in turn, or with `status`",
};

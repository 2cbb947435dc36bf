import { describe, expect, it } from "vitest";
import {
	formatAbout,
	formatAge,
	formatCount,
	formatDuration,
	formatMoment,
	formatShare,
	formatUtcBeside,
	isUtcAt,
	shapeAcrossYears,
	shapeSince,
	tellMoment,
} from "../../../src/dashboard/format/spans.ts";

describe("a duration", () => {
	it.each([
		[0, "0 ms", "0ミリ秒"],
		[999, "999 ms", "999ミリ秒"],
		[1_000, "1.0 s", "1.0秒"],
		[4_837, "4.8 s", "4.8秒"],
		[9_949, "9.9 s", "9.9秒"],
		[9_960, "10 s", "10秒"],
		[59_600, "1 min", "1分"],
		[72_000, "1 min 12 s", "1分12秒"],
		[3_600_000, "1 h", "1時間"],
		[7_500_000, "2 h 5 min", "2時間5分"],
		[48 * 3_600_000, "2 d", "2日"],
		[76 * 3_600_000, "3 d 4 h", "3日4時間"],
		[-5, "0 ms", "0ミリ秒"],
	])("of %i ms", (ms, en, ja) => {
		expect(formatDuration(ms, "en")).toBe(en);
		expect(formatDuration(ms, "ja")).toBe(ja);
	});
});

describe("an estimate", () => {
	it.each([
		[0, "1 s"],
		[286, "1 s"],
		[4_837, "5 s"],
		[9_001, "10 s"],
		[71_100, "1 min 12 s"],
	])("of %i ms is told in whole seconds, and never less than it is", (ms, en) => {
		expect(formatAbout(ms, "en")).toBe(en);
	});
});

describe("an age", () => {
	const now = Date.UTC(2026, 10, 23, 12);
	it.each([
		[-59_000, "59 seconds ago", "59秒前"],
		[-60_000, "1 minute ago", "1分前"],
		[-59 * 60_000 - 59_000, "59 minutes ago", "59分前"],
		[47 * 60_000, "in 47 minutes", "47分後"],
		[-47 * 3_600_000, "47 hours ago", "47時間前"],
		[-49 * 3_600_000, "2 days ago", "2日前"],
	])("of %i ms", (ms, en, ja) => {
		expect(formatAge(now + ms, now, "en")).toBe(en);
		expect(formatAge(now + ms, now, "ja")).toBe(ja);
	});
});

describe("a moment", () => {
	const at = Date.UTC(2026, 10, 23, 15, 0, 7);
	it("is in the reader's zone", () => {
		expect(formatMoment(at, "second", "en", "Asia/Tokyo")).toBe("00:00:07");
		expect(formatMoment(at, "dayMinute", "en", "Asia/Tokyo")).toBe("24 Nov, 00:00");
		expect(formatMoment(at, "dayMinute", "ja", "Asia/Tokyo")).toBe("11月24日 00:00");
	});

	it("is UTC where the clocks show the same, and only there", () => {
		expect(isUtcAt(at, "UTC")).toBe(true);
		expect(isUtcAt(at, "Europe/London")).toBe(true);
		expect(isUtcAt(Date.UTC(2026, 6, 1), "Europe/London")).toBe(false);
		expect(isUtcAt(at, "Asia/Tokyo")).toBe(false);
	});
});

describe("a moment that was just now", () => {
	it.each([
		["the same day", "2026-11-24T02:00:00Z", "UTC", "second"],
		["yesterday", "2026-11-23T23:59:59Z", "UTC", "daySecond"],
		["UTC's yesterday, and today where it is read", "2026-11-23T23:59:59Z", "Asia/Tokyo", "second"],
	])("of %s has its day only when it needs it", (_, at, timeZone, shape) => {
		const now = Date.parse("2026-11-24T03:00:00Z");
		expect(shapeSince(Date.parse(at), now, timeZone)).toBe(shape);
	});
});

describe("a moment of last year", () => {
	const now = Date.parse("2026-11-28T14:00:00Z");
	const told = (at: string, shape: "minute" | "dayMinute" | "daySecond", language: "en" | "ja") =>
		tellMoment(
			Date.parse(at),
			shapeAcrossYears(shape, Date.parse(at), now),
			language,
			"Asia/Tokyo",
		);

	it("is not told like the same day and month of this one", () => {
		const [lastYear, thisYear] = ["2025-11-28T13:00:00Z", "2026-11-28T13:00:00Z"];
		expect(told(lastYear, "dayMinute", "en")).toBe("28 Nov 2025, 22:00 (13:00 UTC)");
		expect(told(lastYear, "daySecond", "en")).toBe("28 Nov 2025, 22:00:00 (13:00:00 UTC)");
		expect(told(lastYear, "dayMinute", "ja")).toContain("2025年11月28日");
		expect(told(thisYear, "dayMinute", "en")).toBe("28 Nov, 22:00 (13:00 UTC)");
		expect(told(lastYear, "minute", "en")).toBe("22:00 (13:00 UTC)");
	});

	it("has its year long before it might be taken for another one's", () => {
		expect(told("2026-02-10T00:00:00Z", "dayMinute", "en")).toBe("10 Feb, 09:00 (00:00 UTC)");
		expect(told("2026-01-10T00:00:00Z", "dayMinute", "en")).toBe("10 Jan 2026, 09:00 (00:00 UTC)");
		expect(told("2027-11-20T00:00:00Z", "dayMinute", "en")).toBe("20 Nov 2027, 09:00 (00:00 UTC)");
	});
});

describe("a share", () => {
	it("is never all when something is missing", () => {
		expect(formatShare(9_999, 10_000, "en")).toBe("99.9%");
		expect(formatShare(10_000, 10_000, "en")).toBe("100%");
		expect(formatShare(0, 0, "en")).toBe("0%");
		expect(formatShare(0, 10_000, "en")).toBe("0%");
		expect(formatShare(1, 10_000, "en")).toBe("<0.1%");
		expect(formatShare(10, 10_000, "ja")).toBe("0.1%");
		expect(formatCount(10_000, "en")).toBe("10,000");
	});
});

describe("UTC beside another zone's time", () => {
	const atMs = Date.parse("2026-11-23T23:00:07Z");

	it("has its day where that is another one", () => {
		expect(formatUtcBeside(atMs, "dayMinute", "en", "Asia/Tokyo")).toBe("23 Nov, 23:00");
		expect(formatUtcBeside(atMs, "second", "en", "Asia/Tokyo")).toBe("23 Nov, 23:00:07");
		expect(formatUtcBeside(atMs, "minute", "ja", "Asia/Tokyo")).toBe("11月23日 23:00");
	});

	it("is the time alone on the same day", () => {
		expect(formatUtcBeside(atMs, "daySecond", "en", "Europe/London")).toBe("23:00:07");
		expect(formatUtcBeside(atMs, "dayMinute", "en", "America/New_York")).toBe("23:00");
	});
});

describe("a moment in one text", () => {
	it("tells two hours apart that have the same name when the clocks are set back", () => {
		const tell = (at: string) => tellMoment(Date.parse(at), "dayMinute", "en", "Europe/Berlin");
		expect(tell("2026-10-25T00:00:00Z")).toBe("25 Oct, 02:00 (00:00 UTC)");
		expect(tell("2026-10-25T01:00:00Z")).toBe("25 Oct, 02:00 (01:00 UTC)");
		expect(tellMoment(Date.parse("2026-11-23T23:00:00Z"), "dayMinute", "ja", "Asia/Tokyo")).toBe(
			"11月24日 08:00 (11月23日 23:00 UTC)",
		);
		expect(tellMoment(0, "dayMinute", "en", "UTC")).toBe("1 Jan, 00:00 UTC");
	});
});

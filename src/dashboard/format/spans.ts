import type { Language } from "../words/words.ts";

/** Numbers, spans of time and moments, as a reader of the language expects them. Pure: zone and now are passed in. */
const localeOf: Record<Language, string> = { en: "en-GB", ja: "ja-JP" };

const formats = new Map<
	string,
	Intl.NumberFormat | Intl.DateTimeFormat | Intl.RelativeTimeFormat
>();

/** Intl's formats take long to make and are used for every cell of a table. */
function keep<T extends Intl.NumberFormat | Intl.DateTimeFormat | Intl.RelativeTimeFormat>(
	key: string,
	make: () => T,
): T {
	const known = formats.get(key) as T | undefined;
	if (known !== undefined) return known;
	const made = make();
	formats.set(key, made);
	return made;
}

/** The least that is shown. */
const shareMin = 0.001;

export function formatCount(count: number, language: Language): string {
	return keep(`n${language}`, () => new Intl.NumberFormat(localeOf[language])).format(count);
}

/** 99.5 %, never 100 % when something is missing; <0.1 %, never 0 % when something is there. */
export function formatShare(part: number, whole: number, language: Language): string {
	const share = whole === 0 ? 0 : part / whole;
	const isLittle = part > 0 && share < shareMin;
	const shown = part === whole ? share : Math.min(share, 1 - shareMin);
	const options = { style: "percent", maximumFractionDigits: 1 } as const;
	const format = keep(`p${language}`, () => new Intl.NumberFormat(localeOf[language], options));
	return isLittle ? `<${format.format(shareMin)}` : format.format(shown);
}

const units = {
	en: { ms: " ms", s: " s", min: " min", h: " h", d: " d", gap: " " },
	ja: { ms: "ミリ秒", s: "秒", min: "分", h: "時間", d: "日", gap: "" },
} as const satisfies Record<Language, object>;

/** 340 ms, 4.8 s, 42 s, 1 min 12 s, 2 h 5 min, 3 d 4 h */
export function formatDuration(durationMs: number, language: Language): string {
	const { ms, s, min, h, d, gap } = units[language];
	const wholeMs = Math.max(0, Math.round(durationMs));
	if (wholeMs < 1_000) return `${wholeMs}${ms}`;
	if (wholeMs < 9_950) return `${(wholeMs / 1_000).toFixed(1)}${s}`;
	const seconds = Math.round(wholeMs / 1_000);
	if (seconds < 60) return `${seconds}${s}`;
	const minutes = Math.floor(seconds / 60);
	if (minutes < 60) return join(minutes, min, seconds % 60, s, gap);
	const hours = Math.floor(minutes / 60);
	if (hours < 48) return join(hours, h, minutes % 60, min, gap);
	return join(Math.floor(hours / 24), d, hours % 24, h, gap);
}

/** 1 s, 6 s, 1 min 12 s. An estimate is no measurement: milliseconds and tenths would say that it is. */
export function formatAbout(durationMs: number, language: Language): string {
	const seconds = Math.max(1, Math.ceil(durationMs / 1_000));
	if (seconds < 10) return `${seconds}${units[language].s}`;
	return formatDuration(seconds * 1_000, language);
}

function join(big: number, bigUnit: string, small: number, smallUnit: string, gap: string): string {
	return small === 0 ? `${big}${bigUnit}` : `${big}${bigUnit}${gap}${small}${smallUnit}`;
}

const ageSteps = [
	["second", 60],
	["minute", 60],
	["hour", 48],
	["day", Number.POSITIVE_INFINITY],
] as const;
const unitsInNext = { second: 60, minute: 60, hour: 24, day: 1 } as const;

/** 12 minutes ago, in 47 minutes. Whole units, cut and not rounded: a run of 59 minutes ago is not an hour old. */
export function formatAge(atMs: number, nowMs: number, language: Language): string {
	let value = Math.trunc((atMs - nowMs) / 1_000);
	const format = keep(
		`r${language}`,
		() => new Intl.RelativeTimeFormat(localeOf[language], { numeric: "always" }),
	);
	for (const [unit, below] of ageSteps) {
		if (Math.abs(value) < below) {
			const told = format.format(value, unit);
			return language === "ja" ? told.replaceAll(" ", "") : told;
		}
		value = Math.trunc(value / unitsInNext[unit]);
	}
	return "";
}

const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
const shapes = {
	minute: clock,
	second: { ...clock, second: "2-digit" },
	day: { month: "short", day: "numeric" },
	dayMinute: { month: "short", day: "numeric", ...clock },
	daySecond: { month: "short", day: "numeric", ...clock, second: "2-digit" },
	yearMinute: { year: "numeric", month: "short", day: "numeric", ...clock },
	yearSecond: { year: "numeric", month: "short", day: "numeric", ...clock, second: "2-digit" },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;
export type MomentShape = keyof typeof shapes;

export function formatMoment(
	atMs: number,
	shape: MomentShape,
	language: Language,
	timeZone: string,
): string {
	return keep(
		`d${shape} ${language} ${timeZone}`,
		() => new Intl.DateTimeFormat(localeOf[language], { ...shapes[shape], timeZone }),
	).format(atMs);
}

/** A moment as one text: 24 Nov, 08:00 (23 Nov, 23:00 UTC). Twice a year only UTC tells two hours apart. */
export function tellMoment(
	atMs: number,
	shape: MomentShape,
	language: Language,
	timeZone: string,
): string {
	const local = formatMoment(atMs, shape, language, timeZone);
	if (isUtcAt(atMs, timeZone)) return `${local} UTC`;
	return `${local} (${formatUtcBeside(atMs, shape, language, timeZone)} UTC)`;
}

const dayMs = 86_400_000;
/** Well before the same day and month come again, so that no two moments are told alike. */
const sameYearDays = 300;

/** With its year what is so far away that day and month alone might be taken for another year's. */
export function shapeAcrossYears(shape: MomentShape, atMs: number, nowMs: number): MomentShape {
	if (Math.abs(nowMs - atMs) < sameYearDays * dayMs) return shape;
	return shape === "dayMinute" ? "yearMinute" : shape === "daySecond" ? "yearSecond" : shape;
}

/** Of something that was just now, mostly: the day stands with it when it is not today's. */
export function shapeSince(atMs: number, nowMs: number, timeZone: string): MomentShape {
	const dayOf = (ms: number) => formatMoment(ms, "day", "en", timeZone);
	return dayOf(atMs) === dayOf(nowMs) ? "second" : "daySecond";
}

/** Whether the zone's clock shows what UTC's shows, just then: then one time says it all. */
export function isUtcAt(atMs: number, timeZone: string): boolean {
	const at = (zone: string) => formatMoment(atMs, "daySecond", "en", zone);
	return at(timeZone) === at("UTC");
}

/** UTC's time beside another zone's, with its day where that is another one: 24 Nov, 08:00 is 23 Nov, 23:00 UTC. */
export function formatUtcBeside(
	atMs: number,
	shape: MomentShape,
	language: Language,
	timeZone: string,
): string {
	const dayIn = (zone: string) => formatMoment(atMs, "day", language, zone);
	const isOtherDay = dayIn(timeZone) !== dayIn("UTC");
	const hasSeconds = shape.toLowerCase().endsWith("second");
	const withDay = hasSeconds ? "daySecond" : "dayMinute";
	return formatMoment(
		atMs,
		isOtherDay ? withDay : hasSeconds ? "second" : "minute",
		language,
		"UTC",
	);
}

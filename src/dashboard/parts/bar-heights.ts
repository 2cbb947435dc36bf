/** How high bars stand beside each other. Pure. */
const floor = 0.06;
const timesMiddleMax = 3;

export interface Heights {
	/** 0 to 1; null where there is no bar. */
	readonly heights: readonly (number | null)[];
	/** Whether a bar would be higher than 1, and is drawn broken. */
	readonly areCut: readonly boolean[];
	/** What stands at 1: higher bars are cut there. */
	readonly top: number;
}

/** One run of 50 minutes must not flatten all others to nothing: a bar ends at three times the middle one. */
export function measureBars(values: readonly (number | null)[]): Heights {
	const known = values.filter((value) => value !== null).sort((a, b) => a - b);
	const middle = known[Math.floor(known.length / 2)] ?? 0;
	const highest = known.at(-1) ?? 0;
	const top = Math.max(middle === 0 ? highest : Math.min(highest, middle * timesMiddleMax), 1e-9);
	return {
		heights: values.map((value) =>
			value === null ? null : value === 0 ? 0 : Math.max(floor, Math.min(1, value / top)),
		),
		areCut: values.map((value) => value !== null && value > top),
		top,
	};
}

import { useEffect, useRef, useState } from "preact/hooks";

/** A value that is taken over at once, and then at most so often; while nobody sees the page, not at all. */
export function usePaced(value: string, everyMs: number): string {
	const [paced, setPaced] = useState(value);
	const takenAtMs = useRef(0);
	useEffect(() => {
		if (value === paced) return;
		const take = () => {
			if (document.visibilityState !== "visible") return;
			takenAtMs.current = Date.now();
			setPaced(value);
		};
		const timer = setTimeout(take, Math.max(0, takenAtMs.current + everyMs - Date.now()));
		document.addEventListener("visibilitychange", take);
		return () => {
			clearTimeout(timer);
			document.removeEventListener("visibilitychange", take);
		};
	}, [value, paced, everyMs]);
	return paced;
}

import { useEffect, useState } from "preact/hooks";

/** A value once it has stayed the same for a while: what is typed is asked for when the typing pauses. */
export function useSettled<T extends string>(value: T, afterMs = 250): T {
	const [settled, setSettled] = useState(value);
	useEffect(() => {
		if (value === settled) return;
		const timer = setTimeout(() => setSettled(value), afterMs);
		return () => clearTimeout(timer);
	}, [value, settled, afterMs]);
	return settled;
}

import { useEffect, useRef } from "preact/hooks";
import type { RunList } from "../../api/shapes.ts";

/**
 * The newest runs are what the first page asks for often. What else it shows changes when one of them begins or is
 * sealed, and hardly ever else: then it is asked for, and not each time.
 */
export function useReloadWhenChanged(reload: () => void, newest: RunList | undefined): void {
	const told = newest?.runs.map(({ runId, state }) => `${runId} ${state}`).join();
	const before = useRef(told);
	useEffect(() => {
		if (before.current !== undefined && before.current !== told) reload();
		before.current = told;
	}, [told, reload]);
}

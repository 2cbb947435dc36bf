import { useCallback, useEffect, useState } from "preact/hooks";
import type { Refusal } from "./client.ts";
import { ask, isAskedOften, readKept, watch } from "./kept-answers.ts";
import { retryAfterMs } from "./retry-after.ts";

/**
 * A view's data: what was there before stays while newer is fetched, so that going back shows a page at once, and a
 * lost connection shows the last known state with its age instead of nothing.
 */
export interface Resource<T> {
	readonly value: T | undefined;
	/** When `value` was answered, epoch milliseconds. */
	readonly atMs: number | undefined;
	/** Why the newest try failed; undefined when it did not. */
	readonly refusal: Refusal | undefined;
	readonly reload: () => void;
}

/**
 * @param path null for nothing to fetch (yet)
 * @param refreshMs how often to look again while the page can be seen; null for once
 */
export function useResource<T>(path: string | null, refreshMs: number | null = null): Resource<T> {
	const [, redraw] = useState(0);
	useEffect(() => {
		if (path === null) return;
		const unwatch = watch(path, () => redraw((count) => count + 1));
		let wanted = true;
		let retry: ReturnType<typeof setTimeout> | undefined;
		let failures = 0;
		const start = async () => {
			clearTimeout(retry);
			const mayRecover = await ask(path);
			clearTimeout(retry);
			failures = mayRecover ? failures + 1 : 0;
			// What has a period of its own is asked for again by it.
			if (wanted && mayRecover && refreshMs === null)
				retry = setTimeout(look, retryAfterMs(failures));
		};
		const look = () => {
			if (document.visibilityState === "visible") void start();
		};
		void start();
		const again = () => {
			if (refreshMs !== null && !isAskedOften(path, refreshMs)) look();
		};
		const timer = refreshMs === null ? undefined : setInterval(again, refreshMs);
		document.addEventListener("visibilitychange", look);
		window.addEventListener("online", look);
		return () => {
			wanted = false;
			unwatch();
			clearInterval(timer);
			clearTimeout(retry);
			document.removeEventListener("visibilitychange", look);
			window.removeEventListener("online", look);
		};
	}, [path, refreshMs]);

	const reload = useCallback(() => {
		if (path !== null) void ask(path, { anew: true });
	}, [path]);
	const kept = path === null ? undefined : readKept(path);
	return {
		value: kept?.value as T | undefined,
		atMs: kept?.atMs,
		refusal: kept?.refusal,
		reload,
	};
}

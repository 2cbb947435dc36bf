import { useCallback, useEffect, useState } from "preact/hooks";
import type { Refusal } from "./client.ts";
import { ask, isAsked, readKept, watch } from "./kept-answers.ts";
import { nextAskMs } from "./retry-after.ts";

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
 * @param refreshMs how often to look again while the page can be seen; null for once. Where a try failed, `nextAskMs`
 * says when the next one comes. The connection's return, the page's, and `reload` ask at once.
 */
export function useResource<T>(path: string | null, refreshMs: number | null = null): Resource<T> {
	const [, redraw] = useState(0);
	useEffect(() => {
		if (path !== null) return watch(path, () => redraw((count) => count + 1));
	}, [path]);

	useEffect(() => {
		if (path === null) return;
		let timer: ReturnType<typeof setTimeout> | undefined;
		// Out of sight nothing is asked, nor planned: coming back asks.
		const look = () => {
			if (document.visibilityState === "visible") void ask(path);
		};
		const plan = () => {
			clearTimeout(timer);
			const { failures, refusal } = readKept(path);
			const waitMs = nextAskMs(failures, refreshMs, refusal?.retryAfter);
			if (waitMs !== null) timer = setTimeout(() => isAsked(path) || look(), waitMs);
		};
		// By each answer, whoever asked for it: two views of the same thing look again together.
		const unwatch = watch(path, plan);
		void ask(path);
		document.addEventListener("visibilitychange", look);
		window.addEventListener("online", look);
		return () => {
			unwatch();
			clearTimeout(timer);
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

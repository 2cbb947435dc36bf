import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { get, type Refusal } from "./client.ts";

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

interface Kept {
	readonly value: unknown;
	readonly atMs: number;
}

const keptMax = 60;
/** How soon to try again where nothing came, and nothing else would look again. */
const retryMs = 4_000;
const kept = new Map<string, Kept>();

/** Signing out must leave nothing behind. */
export function forgetResources(): void {
	kept.clear();
}

function keep(path: string, value: unknown): Kept {
	const entry = { value, atMs: Date.now() };
	kept.delete(path);
	kept.set(path, entry);
	const [oldest] = kept.keys();
	if (kept.size > keptMax && oldest !== undefined) kept.delete(oldest);
	return entry;
}

/**
 * @param path null for nothing to fetch (yet)
 * @param refreshMs how often to look again while the page can be seen; null for once
 */
export function useResource<T>(path: string | null, refreshMs: number | null = null): Resource<T> {
	const [, redraw] = useState(0);
	const refusal = useRef<{ path: string; refusal: Refusal } | undefined>(undefined);

	const fetchNow = useCallback(
		async (isWanted: () => boolean) => {
			if (path === null) return false;
			const answer = await get<T>(path);
			if (!isWanted()) return false;
			if (answer.ok) keep(path, answer.value);
			refusal.current = answer.ok ? undefined : { path, refusal: answer.refusal };
			redraw((count) => count + 1);
			return !answer.ok && ["offline", "broken"].includes(answer.refusal.kind);
		},
		[path],
	);

	useEffect(() => {
		let wanted = true;
		let retry: ReturnType<typeof setTimeout> | undefined;
		const start = async () => {
			clearTimeout(retry);
			const mayRecover = await fetchNow(() => wanted);
			clearTimeout(retry);
			if (mayRecover && refreshMs === null) retry = setTimeout(look, retryMs);
		};
		const look = () => {
			if (document.visibilityState === "visible") void start();
		};
		void start();
		const timer = refreshMs === null ? undefined : setInterval(look, refreshMs);
		document.addEventListener("visibilitychange", look);
		window.addEventListener("online", look);
		return () => {
			wanted = false;
			clearInterval(timer);
			clearTimeout(retry);
			document.removeEventListener("visibilitychange", look);
			window.removeEventListener("online", look);
		};
	}, [fetchNow, refreshMs]);

	const entry = path === null ? undefined : kept.get(path);
	return {
		value: entry?.value as T | undefined,
		atMs: entry?.atMs,
		refusal: refusal.current?.path === path ? refusal.current?.refusal : undefined,
		reload: useCallback(() => void fetchNow(() => true), [fetchNow]),
	};
}

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
	readonly turn: number;
}

const keptMax = 60;
/** How soon to try again where nothing came, and nothing else would look again. */
const retryMs = 4_000;
const kept = new Map<string, Kept>();
/** Requests are counted: a slow answer must not take the place of one that was asked for later. */
let turns = 0;

/** Signing out must leave nothing behind. */
export function forgetResources(): void {
	kept.clear();
}

function keep(path: string, value: unknown, turn: number): void {
	if ((kept.get(path)?.turn ?? 0) > turn) return;
	kept.delete(path);
	kept.set(path, { value, atMs: Date.now(), turn });
	const [oldest] = kept.keys();
	if (kept.size > keptMax && oldest !== undefined) kept.delete(oldest);
}

/**
 * @param path null for nothing to fetch (yet)
 * @param refreshMs how often to look again while the page can be seen; null for once
 */
export function useResource<T>(path: string | null, refreshMs: number | null = null): Resource<T> {
	const [, redraw] = useState(0);
	const answered = useRef(0);
	const refusal = useRef<{ path: string; refusal: Refusal } | undefined>(undefined);

	const fetchNow = useCallback(
		async (isWanted: () => boolean) => {
			if (path === null) return false;
			turns += 1;
			const turn = turns;
			const answer = await get<T>(path);
			if (!isWanted() || turn < answered.current) return false;
			answered.current = turn;
			if (answer.ok) keep(path, answer.value, turn);
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

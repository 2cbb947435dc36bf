import { useLayoutEffect } from "preact/hooks";

/** Keys that do something on the view that is shown. Pure, but for the hook that listens. */
export interface KeyEventLike {
	readonly key: string;
	readonly ctrlKey: boolean;
	readonly metaKey: boolean;
	readonly altKey: boolean;
}

const pageKeys = { h: "/", m: "/matrix", i: "/incidents", a: "/audit" } as const;

export type Pressed =
	| { readonly kind: "none" }
	| { readonly kind: "prefix" }
	| { readonly kind: "page"; readonly path: string }
	| { readonly kind: "key"; readonly key: string };

/** @param prefixed whether `g` was pressed just before */
export function readKey(event: KeyEventLike, prefixed: boolean): Pressed {
	if (event.ctrlKey || event.metaKey || event.altKey) return { kind: "none" };
	const { key } = event;
	if (prefixed) {
		const path = Object.entries(pageKeys).find(([name]) => name === key)?.[1];
		return path === undefined ? { kind: "none" } : { kind: "page", path };
	}
	if (key === "g") return { kind: "prefix" };
	return ["?", "/", "r", "c", "s", "[", "]"].includes(key)
		? { kind: "key", key }
		: { kind: "none" };
}

type Action = () => void;
const actions = new Map<string, Action>();

/** Does what `key` is for on the view that is shown now; false when it has nothing to do. */
export function pressKey(key: string): boolean {
	const action = actions.get(key);
	action?.();
	return action !== undefined;
}

/** While the view is shown, from the moment its button is, `key` does this; null for nothing. */
export function useKey(key: string, action: Action | null): void {
	useLayoutEffect(() => {
		if (action === null) return;
		actions.set(key, action);
		return () => {
			if (actions.get(key) === action) actions.delete(key);
		};
	}, [key, action]);
}

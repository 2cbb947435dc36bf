import { useEffect, useState } from "preact/hooks";
import { changeQuery } from "./query.ts";

/** The address bar, as the views see it: they read it, and change it instead of keeping state of their own. */
export interface Place {
	readonly path: string;
	readonly search: string;
}

const listeners = new Set<() => void>();

function currentPlace(): Place {
	return { path: location.pathname, search: location.search };
}

/** @param replace for what the Back button should not go through, such as letters typed into a search */
export function go(to: string, { replace = false } = {}): void {
	if (to === location.pathname + location.search) return;
	const pathBefore = location.pathname;
	if (replace) history.replaceState(null, "", to);
	else history.pushState(null, "", to);
	if (location.pathname !== pathBefore) window.scrollTo(0, 0);
	for (const listener of listeners) listener();
}

export function usePlace(): Place {
	const [place, setPlace] = useState(currentPlace);
	useEffect(() => {
		const look = () => setPlace(currentPlace());
		listeners.add(look);
		window.addEventListener("popstate", look);
		return () => {
			listeners.delete(look);
			window.removeEventListener("popstate", look);
		};
	}, []);
	return place;
}

export function setQuery(changes: Readonly<Record<string, string | number | null>>): void {
	go(location.pathname + changeQuery(location.search, changes), { replace: true });
}

/** A click on a link of this page goes there without loading anything anew; any other click is the browser's. */
export function followLinks(event: MouseEvent): void {
	if (event.defaultPrevented || event.button !== 0) return;
	if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
	const link = (event.target as Element | null)?.closest?.("a[href]");
	if (!(link instanceof HTMLAnchorElement) || link.target !== "" || link.hash !== "") return;
	// What the Worker, or Cloudflare before it, answers is no view of this page.
	if (link.origin !== location.origin || /^\/(api|cdn-cgi)\//.test(link.pathname)) return;
	event.preventDefault();
	go(link.pathname + link.search);
}

import { useEffect } from "preact/hooks";

/** What the tab says, and what is read aloud when the view changes. */
export function useTitle(title: string): void {
	useEffect(() => {
		document.title = `${title} · daicho 台帳`;
	}, [title]);
}

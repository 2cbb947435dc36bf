import type { ComponentChildren, RefObject } from "preact";
import { go, setQuery } from "../url/location.ts";
import { changeQuery } from "../url/query.ts";

/**
 * From page to page of a list that is fetched page by page; its cursor stands in the address. The button may go with the
 * page that it was on, and whoever reads on starts at the top: so the focus goes to the list's heading.
 */
export function CursorPager(props: {
	readonly label: string;
	/** Can be focused: it has tabIndex -1. */
	readonly heading: RefObject<HTMLElement | null>;
	readonly search: string;
	readonly backLabel: string;
	/** The cursor of the page before, null for the first one; undefined on the first one. */
	readonly back: string | number | null | undefined;
	readonly onLabel: string;
	/** The cursor of the next page; null on the last one. */
	readonly next: string | null;
	readonly children?: ComponentChildren;
}) {
	const { back, next, heading } = props;
	const turn = (step: () => void) => () => {
		step();
		heading.current?.focus({ preventScroll: true });
		heading.current?.scrollIntoView();
	};
	return (
		<nav class="pager" aria-label={props.label}>
			{back !== undefined && (
				<button type="button" class="button small" onClick={turn(() => setQuery({ cursor: back }))}>
					← {props.backLabel}
				</button>
			)}
			{props.children}
			{next !== null && (
				<button
					type="button"
					class="button small"
					onClick={turn(() => go(location.pathname + changeQuery(props.search, { cursor: next })))}
				>
					{props.onLabel} →
				</button>
			)}
		</nav>
	);
}

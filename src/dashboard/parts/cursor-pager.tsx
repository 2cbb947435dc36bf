import type { ComponentChildren, RefObject } from "preact";

interface Step {
	readonly label: ComponentChildren;
	readonly go: () => void;
}

/**
 * From page to page of a list that is fetched page by page; null where there is none. The button may go with the page
 * that it was on, and whoever reads on starts at the top: so the focus goes to the list's heading.
 */
export function CursorPager(props: {
	readonly label: string;
	/** Can be focused: it has tabIndex -1. */
	readonly heading: RefObject<HTMLElement | null>;
	readonly back: Step | null;
	readonly on: Step | null;
	readonly children?: ComponentChildren;
}) {
	const { back, on, heading } = props;
	const turn = (step: Step) => () => {
		step.go();
		heading.current?.focus({ preventScroll: true });
		heading.current?.scrollIntoView();
	};
	return (
		<nav class="pager" aria-label={props.label}>
			{back !== null && (
				<button type="button" class="button small" onClick={turn(back)}>
					← {back.label}
				</button>
			)}
			{props.children}
			{on !== null && (
				<button type="button" class="button small" onClick={turn(on)}>
					{on.label} →
				</button>
			)}
		</nav>
	);
}

import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

/** A table with few links in it: where it is wider than its place it scrolls, and is then reached by keyboard, too. */
export function TableScroll(props: {
	readonly label: string;
	readonly children: ComponentChildren;
}) {
	const element = useRef<HTMLElement>(null);
	const [scrolls, setScrolls] = useState(false);
	useEffect(() => {
		const holder = element.current;
		if (holder === null) return;
		const measure = () => setScrolls(holder.scrollWidth > holder.clientWidth);
		const fit = new ResizeObserver(measure);
		fit.observe(holder);
		// Rows that come later may be wider.
		for (const child of holder.children) fit.observe(child);
		return () => fit.disconnect();
	}, []);
	return (
		<section
			ref={element}
			class="table-scroll"
			aria-label={props.label}
			{...(scrolls ? { tabIndex: 0 } : {})}
		>
			{props.children}
		</section>
	);
}

import type { ComponentChildren } from "preact";
import { useEffect, useErrorBoundary } from "preact/hooks";
import { forgetUnwatched } from "../api/kept-answers.ts";
import { useReader } from "../parts/reader.tsx";

/** Around a view: one that throws leaves the rest of the page to go on with, and says so in its place. */
export function Undrawn(props: {
	/** With another one what is inside is tried again. */
	readonly search: string;
	readonly children: ComponentChildren;
}) {
	const { words } = useReader();
	const [error, tryAgain] = useErrorBoundary((thrown) => console.error(thrown));
	// It may have thrown over an answer: that must not be shown to the next try, which would throw again and never ask.
	useEffect(() => {
		if (error !== undefined) forgetUnwatched();
	}, [error]);
	useEffect(() => {
		if (error !== undefined) tryAgain();
	}, [props.search]);
	if (error === undefined) return <>{props.children}</>;
	return (
		<div class="empty" role="alert">
			<p class="empty-title">{words.states.undrawn}</p>
			<p>
				{words.states.undrawnNext} <code>{String(error)}</code>
			</p>
			<button type="button" class="button" onClick={tryAgain}>
				{words.states.retry}
			</button>
		</div>
	);
}

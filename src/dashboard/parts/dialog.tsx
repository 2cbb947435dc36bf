import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { useReader } from "./reader.tsx";

/**
 * A modal question. Escape, the browser's Back and its button close it. While it is held, none of them does. The focus
 * goes to the first thing that can be done, so the button that closes it stands last; and from there back to where it
 * was, or to the page's content where that is gone.
 */
export function Dialog(props: {
	readonly title: string;
	readonly isHeld?: boolean;
	readonly onClose: () => void;
	readonly children: ComponentChildren;
}) {
	const { words } = useReader();
	const element = useRef<HTMLDialogElement>(null);
	const titleId = useId();
	const onClose = useRef(props.onClose);
	onClose.current = props.onClose;
	const isHeld = useRef(false);
	isHeld.current = props.isHeld ?? false;
	useEffect(() => {
		const dialog = element.current;
		if (dialog === null || dialog.open) return;
		const stay = (event: Event) => isHeld.current && event.preventDefault();
		const tell = () => {
			// A second Escape in a row closes a dialog whatever its page says.
			if (isHeld.current) dialog.showModal();
			else onClose.current();
		};
		// It stands in no address: Back leads away from what is behind it, also where that is the same view.
		const leave = () => isHeld.current || onClose.current();
		dialog.addEventListener("cancel", stay);
		dialog.addEventListener("close", tell);
		window.addEventListener("popstate", leave);
		dialog.showModal();
		return () => {
			window.removeEventListener("popstate", leave);
			// Browsers tell of a closing later, when the next question may be open: it is not the one to close.
			dialog.removeEventListener("cancel", stay);
			dialog.removeEventListener("close", tell);
			dialog.close();
			setTimeout(keepFocus);
		};
	}, []);
	return (
		<dialog ref={element} class="dialog" aria-labelledby={titleId}>
			<h2 id={titleId}>{props.title}</h2>
			<div class="dialog-body">{props.children}</div>
			<button
				type="button"
				class="icon-button"
				aria-label={words.close}
				aria-disabled={props.isHeld ?? false}
				onClick={() => isHeld.current || element.current?.close()}
			>
				<svg class="mark" viewBox="0 0 16 16" aria-hidden="true">
					<path class="stroke" d="m4 4 8 8m0-8-8 8" />
				</svg>
			</button>
		</dialog>
	);
}

/** A button that is gone with what it did takes the focus with it: then one goes on at the page's content. */
function keepFocus(): void {
	const { activeElement } = document;
	if (activeElement !== null && activeElement !== document.body) return;
	document.getElementById("content")?.focus({ preventScroll: true });
}

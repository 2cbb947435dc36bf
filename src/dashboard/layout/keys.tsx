import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Dialog } from "../parts/dialog.tsx";
import { keepForLater, readKept, useReader } from "../parts/reader.tsx";
import { go } from "../url/location.ts";
import { pressKey, readKey } from "./key-names.ts";

/** The keyboard: listens for the whole page, and tells which keys there are. */
const prefixMs = 1_500;
const listeners = new Set<() => void>();

export function showKeys(): void {
	for (const listener of listeners) listener();
}

export function Keys() {
	const { words } = useReader();
	const [isShown, setShown] = useState(false);
	// Single keys get in the way of speech input: whoever uses that switches them off (WCAG 2.1.4).
	const [areOn, setOn] = useState(() => readKept("keys") !== "off");
	const prefixedAtMs = useRef(0);

	useEffect(() => {
		const show = () => setShown(true);
		listeners.add(show);
		return () => {
			listeners.delete(show);
		};
	}, []);

	useLayoutEffect(() => {
		if (!areOn) return;
		const listen = (event: KeyboardEvent) => {
			const target = event.target as HTMLElement;
			if (target.closest("input, textarea, select, [contenteditable], dialog")) return;
			const prefixed = Date.now() - prefixedAtMs.current < prefixMs;
			const pressed = readKey(event, prefixed);
			prefixedAtMs.current = pressed.kind === "prefix" ? Date.now() : 0;
			if (pressed.kind === "page") go(pressed.path);
			else if (pressed.kind === "key") {
				if (pressed.key === "?") setShown(true);
				if (pressed.key === "?" || pressKey(pressed.key)) event.preventDefault();
			}
		};
		document.addEventListener("keydown", listen);
		return () => document.removeEventListener("keydown", listen);
	}, [areOn]);

	if (!isShown) return null;
	const help = words.keysHelp;
	const rows: [string[], string][] = [
		[["?"], help.help],
		[["g", "h"], help.home],
		[["g", "m"], help.matrix],
		[["g", "i"], help.incidents],
		[["g", "a"], help.audit],
		[["/"], help.search],
		[["← ↑ ↓ →"], help.cells],
		[["s"], help.start],
		[["r"], help.rerun],
		[["c"], help.cancel],
		[["["], help.older],
		[["]"], help.newer],
	];
	return (
		<Dialog title={help.title} onClose={() => setShown(false)}>
			<dl class="keys">
				{rows.map(([keys, told]) => (
					<div key={told}>
						<dt>
							{keys.map((key, index) => (
								<span key={key}>
									{index > 0 && <span class="soft"> {help.thenPress} </span>}
									<kbd>{key}</kbd>
								</span>
							))}
						</dt>
						<dd>{told}</dd>
					</div>
				))}
			</dl>
			<label class="check">
				<input
					type="checkbox"
					checked={areOn}
					onChange={(event) => {
						const isOn = event.currentTarget.checked;
						keepForLater("keys", isOn ? "on" : "off");
						setOn(isOn);
					}}
				/>
				{help.enabled}
			</label>
		</Dialog>
	);
}

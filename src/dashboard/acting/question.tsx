import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { type Answer, mayTryAgain, type Refusal } from "../api/client.ts";
import { Dialog } from "../parts/dialog.tsx";
import { useRefusalText } from "../parts/notices.tsx";
import { useReader } from "../parts/reader.tsx";
import { Once } from "./once.ts";

/**
 * The one way to act: first what it would do, then one question, then one request. Closing asks nothing and sends
 * nothing; while the request is under way, it cannot be closed.
 */
export function Question<Preview, Result>(props: {
	readonly title: string;
	/** What is asked for, the same text for the same act: `start collect-clips`. */
	readonly asks: string;
	readonly confirm: string;
	readonly isDanger?: boolean;
	/** What it would do, found out before anything can be pressed; null where nothing has to be asked. */
	readonly check: (() => Promise<Answer<Preview>>) | null;
	readonly describe: (preview: Preview | undefined) => ComponentChildren;
	/** @returns false while what was filled in cannot be sent; it has said why */
	readonly isReady?: () => boolean;
	readonly send: (key: string) => Promise<Answer<Result>>;
	/** Closes the dialog when it returns nothing; shows what it returns else. */
	readonly onDone: (result: Result) => ComponentChildren | undefined;
	readonly onClose: () => void;
}) {
	const { words } = useReader();
	const tell = useRefusalText();
	const [checked, setChecked] = useState<Answer<Preview> | "waiting" | "none">(
		props.check === null ? "none" : "waiting",
	);
	const [isSending, setSending] = useState(false);
	const [refusal, setRefusal] = useState<Refusal>();
	const [done, setDone] = useState<ComponentChildren>();
	// Made when the dialog opens: the body may still be filled in, the key stays the dialog's.
	const [sendLatest] = useState(() => ({ send: props.send }));
	sendLatest.send = props.send;
	const [once] = useState(() => new Once<Result>(props.asks, (key) => sendLatest.send(key)));

	// The browser's Back takes the view away, and with it whoever wants to hear of the answer.
	const isShown = useRef(true);
	useEffect(() => {
		isShown.current = true;
		props.check?.().then((answer) => isShown.current && setChecked(answer));
		return () => {
			isShown.current = false;
		};
	}, []);

	const press = async () => {
		if (props.isReady?.() === false) return;
		setSending(true);
		const answer = await once.press();
		if (answer === undefined || !isShown.current) return;
		setSending(false);
		if (!answer.ok) return setRefusal(answer.refusal);
		const told = props.onDone(answer.value);
		if (told === undefined || told === null) return props.onClose();
		setDone(told);
	};

	const checkRefusal = typeof checked === "object" && !checked.ok ? checked.refusal : undefined;
	const isChecked = checked === "none" || (typeof checked === "object" && checked.ok);
	const problem = checkRefusal ?? refusal;
	const mayPress = isChecked && (refusal === undefined || mayTryAgain(refusal));
	return (
		<Dialog title={props.title} isHeld={isSending} onClose={props.onClose}>
			{done !== undefined ? (
				<p role="status">{done}</p>
			) : checked === "waiting" ? (
				<p class="soft" role="status">
					{words.act.checking}
				</p>
			) : checkRefusal === undefined ? (
				props.describe(typeof checked === "object" && checked.ok ? checked.value : undefined)
			) : null}
			{problem !== undefined && (
				<p class="problem" role="alert">
					<strong>{words.act.failedTitle}</strong> {tell(problem)}
					{problem.requestId !== null && <code> {problem.requestId}</code>}
				</p>
			)}
			<footer class="dialog-foot">
				<button
					type="button"
					class="button"
					aria-disabled={isSending}
					onClick={() => isSending || props.onClose()}
				>
					{done === undefined ? words.act.keep : words.close}
				</button>
				{done === undefined && (
					<button
						type="button"
						class={`button ${props.isDanger ? "danger" : "primary"}`}
						disabled={!mayPress}
						aria-disabled={isSending}
						onClick={press}
					>
						{isSending
							? words.act.sending
							: refusal === undefined
								? props.confirm
								: words.act.again}
					</button>
				)}
			</footer>
		</Dialog>
	);
}

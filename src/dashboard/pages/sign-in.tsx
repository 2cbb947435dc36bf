import { useEffect, useRef, useState } from "preact/hooks";
import { get, post, type Refusal } from "../api/client.ts";
import type { Session } from "../api/shapes.ts";
import { formatDuration } from "../format/spans.ts";
import { useTitle } from "../parts/document-title.ts";
import { useRefusalText } from "../parts/notices.tsx";
import { useReader } from "../parts/reader.tsx";

/** A token for a session. The token is sent once and kept nowhere. */
export function SignInPage(props: {
	readonly hasEnded: boolean;
	/** Why nobody knows who is signed in; undefined, too, when nobody is. */
	readonly refusal: Refusal | undefined;
	readonly onSignedIn: () => void;
}) {
	const { words, language, setLanguage } = useReader();
	const [isSending, setSending] = useState(false);
	const [isShown, setShown] = useState(false);
	const [problem, setProblem] = useState<string | null>(null);
	const field = useRef<HTMLInputElement>(null);
	const tell = useRefusalText();
	useTitle(words.signIn.title);
	useEffect(() => field.current?.focus(), []);

	const describe = (refusal: Refusal) => {
		if (refusal.status === 429) {
			return words.signIn.tooMany(formatDuration((refusal.retryAfter ?? 60) * 1_000, language));
		}
		return refusal.kind === "signed_out" ? words.signIn.wrong : tell(refusal);
	};
	const send = async (event: Event) => {
		event.preventDefault();
		const token = field.current?.value.trim() ?? "";
		if (isSending) return;
		if (token === "") {
			setProblem(words.signIn.missing);
			return field.current?.focus();
		}
		setSending(true);
		setProblem(null);
		const answer = await post<Session>("/api/session", { token });
		// A browser may throw the cookie away without a word: by http:// from another machine, or where cookies are off.
		const kept = answer.ok ? await get<Session>("/api/session") : answer;
		setSending(false);
		if (kept.ok) return props.onSignedIn();
		const isDropped = answer.ok && kept.refusal.kind === "signed_out";
		setProblem(isDropped ? words.signIn.notKept : describe(kept.refusal));
		field.current?.select();
	};
	return (
		<main class="sign-in" id="content">
			<div class="sign-in-card">
				<span class="brand-seal large" aria-hidden="true">
					<i>台</i>
					<i>帳</i>
				</span>
				<h1>daicho</h1>
				<p class="soft">{words.signIn.lead}</p>
				{props.hasEnded && (
					<p class="note" role="status">
						{words.signIn.ended}
					</p>
				)}
				{props.refusal !== undefined && problem === null && (
					<p class="note" role="status">
						{tell(props.refusal)}
					</p>
				)}
				<form onSubmit={send} noValidate>
					<label for="token">{words.signIn.token}</label>
					<div class="field-row">
						<input
							ref={field}
							id="token"
							name="token"
							type={(isShown ? "text" : "password") as "text"}
							autocomplete="current-password"
							spellcheck={false}
							autocapitalize="off"
							aria-describedby="token-told token-problem"
							aria-invalid={problem !== null}
						/>
						<button type="button" class="button" onClick={() => setShown(!isShown)}>
							{isShown ? words.signIn.hide : words.signIn.show}
						</button>
					</div>
					<p class="problem" id="token-problem" role="alert">
						{problem}
					</p>
					<button type="submit" class="button primary wide" aria-disabled={isSending}>
						{isSending ? words.signIn.checking : words.signIn.go}
					</button>
					<p class="soft small" id="token-told">
						{words.signIn.tokenTold}
					</p>
				</form>
			</div>
			<button
				type="button"
				class="plain"
				lang={language === "en" ? "ja" : "en"}
				onClick={() => setLanguage(language === "en" ? "ja" : "en")}
			>
				{words.language}
			</button>
		</main>
	);
}

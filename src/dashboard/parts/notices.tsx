import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Refusal } from "../api/client.ts";
import { shapeSince, tellMoment } from "../format/spans.ts";
import { signInPath } from "../url/routes.ts";
import { useReader } from "./reader.tsx";
import { tellRefusal } from "./told-refusal.ts";

/** What stands where data would: each says what happens next. */
export function Empty(props: {
	readonly title: ComponentChildren;
	readonly children?: ComponentChildren;
}) {
	return (
		<div class="empty">
			<p class="empty-title">{props.title}</p>
			{props.children}
		</div>
	);
}

const slowAfterMs = 4_000;

export function Loading() {
	const { words } = useReader();
	const [isSlow, setSlow] = useState(false);
	useEffect(() => {
		const timer = setTimeout(() => setSlow(true), slowAfterMs);
		return () => clearTimeout(timer);
	}, []);
	return (
		<div class="loading" role="status">
			<span class="ink" aria-hidden="true" />
			{isSlow ? words.states.slow : words.states.loading}
		</div>
	);
}

export function useRefusalText(): (refusal: Refusal) => string {
	const { words, session } = useReader();
	return (refusal) => tellRefusal(refusal, words, session?.via);
}

/** Instead of a view that has nothing to show. */
export function Refused(props: { readonly refusal: Refusal; readonly retry: () => void }) {
	const { words } = useReader();
	const { refusal } = props;
	const told = useRefusalText()(refusal);
	const isFinal = refusal.kind === "not_found" || refusal.kind === "forbidden";
	return (
		<div class="empty" role="alert">
			<p class="empty-title">{told}</p>
			{told === words.states.broken ? (
				<p>
					{words.states.brokenNext} <code>{refusal.requestId ?? refusal.code}</code>
				</p>
			) : (
				(refusal.kind === "offline" || refusal.kind === "broken") && (
					<p>{words.states.offlineNext}</p>
				)
			)}
			{refusal.code === "access_unverifiable" && (
				<a class="button" href={signInPath(location.pathname + location.search)}>
					{words.signIn.title}
				</a>
			)}{" "}
			{isFinal ? (
				<a class="button" href="/">
					{words.states.notFoundNext}
				</a>
			) : (
				<button type="button" class="button" onClick={props.retry}>
					{words.states.retry}
				</button>
			)}
		</div>
	);
}

/** Above a view that shows what was known before the connection went. */
export function Stale(props: {
	readonly refusal: Refusal | undefined;
	readonly atMs: number | undefined;
	readonly retry: () => void;
}) {
	const { words, language, timeZone } = useReader();
	if (props.refusal === undefined || props.atMs === undefined) return null;
	const shape = shapeSince(props.atMs, Date.now(), timeZone);
	const at = tellMoment(props.atMs, shape, language, timeZone);
	return (
		<Trouble refusal={props.refusal} retry={props.retry}>
			{words.states.offlineOld(at)}
		</Trouble>
	);
}

/** Above a view of which a part is old, or missing: `children` says which. */
export function Trouble(props: {
	readonly refusal: Refusal;
	readonly retry: () => void;
	readonly children: ComponentChildren;
}) {
	const { words } = useReader();
	const tell = useRefusalText();
	return (
		<div class="stale" role="status">
			<p>
				<strong>{tell(props.refusal)}</strong> {props.children} {words.states.offlineNext}
			</p>
			<button type="button" class="button small" onClick={props.retry}>
				{words.states.retry}
			</button>
		</div>
	);
}

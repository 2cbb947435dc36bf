import { useRef, useState } from "preact/hooks";
import type { Refusal } from "../api/client.ts";
import type { Incidents } from "../api/shapes.ts";
import { useResource } from "../api/use-resource.ts";
import { formatCount } from "../format/spans.ts";
import { useRefusalText } from "../parts/notices.tsx";
import { themes, useReader } from "../parts/reader.tsx";
import { Moment } from "../parts/time.tsx";
import type { Place } from "../url/location.ts";
import { showKeys } from "./keys.tsx";

const pages = [
	["ledger", "/"],
	["matrix", "/matrix"],
	["incidents", "/incidents"],
	["audit", "/audit"],
] as const;

/** Whether something is wrong now; not what was, which all who look every half a minute would have read anew. */
export const openIncidentsPath = "/api/incidents?limit=0";
export const incidentsRefreshMs = 30_000;

/** @returns why it did not work; undefined when it did */
type SignOut = () => Promise<Refusal | undefined>;

export function Header(props: { readonly place: Place; readonly onSignOut: SignOut }) {
	const { words, language } = useReader();
	const incidents = useResource<Incidents>(openIncidentsPath, incidentsRefreshMs);
	const open = incidents.value?.open.length ?? 0;
	const isLedger = props.place.path === "/" || props.place.path.startsWith("/runs/");
	return (
		<header class="head">
			<a class="skip" href="#content">
				{words.skip}
			</a>
			<div class="head-inner">
				<a class="brand" href="/">
					<span class="brand-seal" aria-hidden="true">
						<i>台</i>
						<i>帳</i>
					</span>
					<span class="brand-name">daicho</span>
				</a>
				<nav class="pages" aria-label={words.mainPages}>
					{pages.map(([name, href]) => {
						const isHere = name === "ledger" ? isLedger : props.place.path === href;
						return (
							<a key={name} href={href} aria-current={isHere ? "page" : undefined}>
								{words[name]}
								{name === "incidents" && open > 0 && (
									<span class="count">{formatCount(open, language)}</span>
								)}
							</a>
						);
					})}
				</nav>
				<Settings onSignOut={props.onSignOut} />
			</div>
		</header>
	);
}

function Settings({ onSignOut }: { readonly onSignOut: SignOut }) {
	const { words, language, setLanguage, theme, setTheme, session } = useReader();
	const menu = useRef<HTMLDetailsElement>(null);
	const close = () => menu.current?.removeAttribute("open");
	const nextTheme = themes[(themes.indexOf(theme) + 1) % themes.length] ?? "auto";
	return (
		<div class="settings">
			<button
				type="button"
				class="plain"
				lang={language === "en" ? "ja" : "en"}
				onClick={() => setLanguage(language === "en" ? "ja" : "en")}
			>
				{words.language}
			</button>
			<details
				class="menu"
				ref={menu}
				onKeyDown={(event) => event.key === "Escape" && close()}
				onFocusOut={(event) => {
					if (!menu.current?.contains(event.relatedTarget as Node | null)) close();
				}}
			>
				<summary aria-label={words.menu}>
					<svg class="mark" viewBox="0 0 16 16" aria-hidden="true">
						<path class="stroke" d="M3 8h.01M8 8h.01M13 8h.01" />
					</svg>
				</summary>
				<div class="menu-body" tabIndex={-1}>
					{session !== undefined && (
						<p class="signed-in">
							{words.signIn.signedInAs} <strong>{words.actor[session.name] ?? session.name}</strong>
							<br />
							<span class="soft">
								{words.role[session.role]} · {words.via[session.via]}
								{session.expiresAt !== null && (
									<>
										<br />
										{words.signIn.until(<Moment at={session.expiresAt} alone />)}
									</>
								)}
							</span>
						</p>
					)}
					<button type="button" class="menu-item" onClick={() => setTheme(nextTheme)}>
						{words.theme[theme]}
					</button>
					<button
						type="button"
						class="menu-item"
						onClick={() => {
							close();
							showKeys();
						}}
					>
						{words.keys} <kbd>?</kbd>
					</button>
					<SigningOut onSignOut={onSignOut} />
				</div>
			</details>
		</div>
	);
}

/** Cloudflare's own address on every host behind Access. */
const accessLogout = "/cdn-cgi/access/logout";

function SigningOut({ onSignOut }: { readonly onSignOut: SignOut }) {
	const { words } = useReader();
	const tell = useRefusalText();
	const [refusal, setRefusal] = useState<Refusal>();
	const isByAccess = refusal?.code === "access_session";
	return (
		<>
			<button
				type="button"
				class="menu-item"
				onClick={async () => {
					setRefusal(undefined);
					setRefusal(await onSignOut());
				}}
			>
				{words.signIn.out}
			</button>
			{refusal !== undefined && (
				<p class="problem small" role="alert">
					{isByAccess ? (
						<a href={accessLogout}>{words.signIn.outByAccess}</a>
					) : (
						<>
							<strong>{words.signIn.notOut}</strong> {tell(refusal)}
						</>
					)}
				</p>
			)}
		</>
	);
}

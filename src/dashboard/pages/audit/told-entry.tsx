import type { ComponentChildren } from "preact";
import type { AuditEntry } from "../../api/shapes.ts";
import { useReader } from "../../parts/reader.tsx";
import { Moment } from "../../parts/time.tsx";
import { tellCancelled } from "../../parts/told-run.ts";
import { runPath } from "../../url/routes.ts";

/** What stands in an entry, with its runs as links and its times in the reader's zone. */
const looksLikeRun = /^[a-z][a-z0-9-]*-\d{8}T\d+Z/;
const time = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/;
const cancelled = /^(\d+) cancelled, (\d+) running$/;
const session = /^session ([0-9a-f]+)$/;

export function Subject({ text }: { readonly text: string }) {
	const { words } = useReader();
	const [, sessionId] = session.exec(text) ?? [];
	if (sessionId !== undefined) return <>{words.auditPage.session(sessionId)}</>;
	return looksLikeRun.test(text) ? <a href={runPath(text)}>{text}</a> : <span>{text}</span>;
}

/** What came of it. A result of another version stays as it was written. */
export function Result({ entry }: { readonly entry: AuditEntry }) {
	const { words, language } = useReader();
	const page = words.auditPage;
	const { result } = entry;
	if (result === null) return <span class="soft">{page.unknown}</span>;
	const [, stopped, running] = cancelled.exec(result) ?? [];
	if (stopped !== undefined && running !== undefined) {
		return <>{tellCancelled(Number(stopped), Number(running), words, language)}</>;
	}
	const [at] = time.exec(result) ?? [];
	if (at !== undefined && isMoment(at)) return <>{words.act.until(<Moment at={at} />)}</>;
	return page.results[result] ?? <Subject text={result} />;
}

/** What was asked for, name by name. */
export function Detail({ entry }: { readonly entry: AuditEntry }) {
	const { words } = useReader();
	const page = words.auditPage;
	const shown = Object.entries(entry.detail).filter(
		// Its result says until when, whether it was asked for or not.
		([name]) => name !== "until" || entry.result === null,
	);
	if (shown.length === 0) return null;
	return (
		<span class="id soft">
			{shown.map(([name, value], index) => (
				<span key={name}>
					{index > 0 && words.comma}
					{page.detail[name] ?? name}
					{words.colon}
					{name === "scope" ? (page.scopes[String(value)] ?? tell(value)) : tell(value)}
				</span>
			))}
		</span>
	);
}

function tell(value: unknown): ComponentChildren {
	if (typeof value !== "string") return JSON.stringify(value);
	return isMoment(value) ? <Moment at={value} /> : value;
}

/** A reason is free text, and may look like a time of no calendar. */
function isMoment(text: string): boolean {
	return new RegExp(`^${time.source}$`).test(text) && !Number.isNaN(Date.parse(text));
}

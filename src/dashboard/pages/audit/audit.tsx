import { useRef } from "preact/hooks";
import type { Audit, AuditEntry } from "../../api/shapes.ts";
import { useResource } from "../../api/use-resource.ts";
import { CursorPager } from "../../parts/cursor-pager.tsx";
import { useTitle } from "../../parts/document-title.ts";
import { Empty, Loading, Refused, Stale } from "../../parts/notices.tsx";
import { useReader } from "../../parts/reader.tsx";
import { TableScroll } from "../../parts/table-scroll.tsx";
import { Moment } from "../../parts/time.tsx";
import { readText } from "../../url/query.ts";
import { Detail, Result, Subject } from "./told-entry.tsx";

/** Who did what, when, and to what. */
const entriesMax = 50;

export default function AuditPage({ search }: { readonly search: string }) {
	const { words } = useReader();
	useTitle(words.audit);
	const cursor = readText(search, "cursor");
	const query = new URLSearchParams({ limit: String(entriesMax) });
	if (cursor !== "") query.set("cursor", cursor);
	const audit = useResource<Audit>(`/api/audit?${query}`);
	const { value } = audit;
	const heading = useRef<HTMLHeadingElement>(null);
	return (
		<>
			<header class="page-head">
				<h1 ref={heading} tabIndex={-1}>
					{words.auditPage.title}
				</h1>
				<p class="soft">{words.auditPage.lead}</p>
			</header>
			<Stale refusal={audit.refusal} atMs={audit.atMs} retry={audit.reload} />
			{value === undefined ? (
				audit.refusal === undefined ? (
					<Loading />
				) : (
					<Refused refusal={audit.refusal} retry={audit.reload} />
				)
			) : value.entries.length === 0 ? (
				<Empty title={words.auditPage.empty} />
			) : (
				<TableScroll label={words.auditPage.title}>
					<table class="ledger-table audit-table">
						<thead>
							<tr>
								<th scope="col">{words.auditPage.when}</th>
								<th scope="col" class="roomy">
									{words.auditPage.who}
								</th>
								<th scope="col">{words.auditPage.did}</th>
								<th scope="col" class="roomy">
									{words.auditPage.subject}
								</th>
								<th scope="col" class="roomy">
									{words.auditPage.result}
								</th>
							</tr>
						</thead>
						<tbody>
							{value.entries.map((entry) => (
								<Entry key={entry.id} entry={entry} />
							))}
						</tbody>
					</table>
				</TableScroll>
			)}
			<CursorPager
				label={words.auditPage.title}
				heading={heading}
				search={search}
				backLabel={words.auditPage.newest}
				back={cursor === "" ? undefined : null}
				onLabel={words.auditPage.older}
				next={value?.nextCursor ?? null}
			/>
		</>
	);
}

/** On a phone who did it stands below the time, and to what below what was done. */
function Entry({ entry }: { readonly entry: AuditEntry }) {
	const { words } = useReader();
	const who = words.actor[entry.who.name] ?? entry.who.name;
	const role = words.role[entry.who.role];
	return (
		<tr>
			<td>
				<Moment at={entry.at} shape="daySecond" />
				<span class="narrow-only">
					{who} <span class="soft small together">{role}</span>
				</span>
			</td>
			<td class="roomy">
				{who}
				<span class="id soft">{role}</span>
			</td>
			<td>
				{words.auditPage.action[entry.action] ?? entry.action}
				<Detail entry={entry} />
				<span class="narrow-only">
					<Subject text={entry.subject} />
				</span>
			</td>
			<td class="roomy">
				<Subject text={entry.subject} />
			</td>
			<td class="roomy">
				<Result entry={entry} />
			</td>
		</tr>
	);
}

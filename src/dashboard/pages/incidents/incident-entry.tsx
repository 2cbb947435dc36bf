import type { Delivery, Incident } from "../../api/shapes.ts";
import { formatCount, formatDuration } from "../../format/spans.ts";
import { FailureText } from "../../parts/failure-text.tsx";
import { Badge, Mark, type Sign } from "../../parts/marks.tsx";
import { useReader } from "../../parts/reader.tsx";
import { Moment, useAge } from "../../parts/time.tsx";
import { tellIncident } from "../../parts/told-incident.ts";
import { runPath } from "../../url/routes.ts";

/** One incident: what, since when, what to do, and who was told of it. */
const signOfDelivery: Readonly<Record<Delivery["state"], Sign>> = {
	delivered: { tone: "good", glyph: "check" },
	waiting: { tone: "warn", glyph: "wait" },
	given_up: { tone: "bad", glyph: "cross" },
};

export function IncidentEntry({ incident }: { readonly incident: Incident }) {
	const { words, language } = useReader();
	const age = useAge();
	const told = tellIncident(incident, words, language);
	const isOpen = incident.closedAt === null;
	const page = words.incidentsPage;
	return (
		<article class={`incident ${isOpen ? "is-open" : ""}`}>
			<Mark sign={isOpen ? { tone: "bad", glyph: "bell" } : { tone: "good", glyph: "check" }} />
			<div>
				<h3>{told.title}</h3>
				<p class="soft small">
					{incident.slot === null ? (
						<Moment at={incident.openedAt} />
					) : (
						<>
							{page.slot} <Moment at={incident.slot} />
						</>
					)}{" "}
					·{" "}
					{isOpen
						? page.since(age(incident.openedAt))
						: page.lasted(formatDuration(incident.durationMs, language))}
					{incident.occurrences > 1 &&
						` · ${page.seen(incident.occurrences, formatCount(incident.occurrences, language))}`}
				</p>
				{told.what.length > 0 && <p>{told.what.join(words.blank)}</p>}
				{incident.evidence.lastSeenAt !== undefined && (
					<p>{words.incidentWhat.lastSeen(<Moment at={incident.evidence.lastSeenAt} />)}</p>
				)}
				{isOpen && (
					<p class="to-do">
						<strong>{page.toDo}</strong> {told.toDo}
						{told.orElse !== undefined && words.blank + told.orElse}
					</p>
				)}
				{incident.evidence.causes !== undefined && incident.evidence.causes.length > 0 && (
					<>
						<p class="soft small">{page.causes}</p>
						<ul class="evidence small">
							{incident.evidence.causes.map((cause) => (
								<li key={cause.code}>
									{incident.evidence.tasks?.planned !== 0 && (
										<span class="num">{formatCount(cause.count, language)} </span>
									)}
									<FailureText failure={cause} /> <code>{cause.code}</code>
								</li>
							))}
						</ul>
					</>
				)}
				{incident.deliveries.length > 0 && <Deliveries deliveries={incident.deliveries} />}
			</div>
			{incident.runId !== null && (
				<a class="button small" href={runPath(incident.runId)}>
					{page.showRun}
				</a>
			)}
		</article>
	);
}

function Deliveries({ deliveries }: { readonly deliveries: readonly Delivery[] }) {
	const { words, language } = useReader();
	const page = words.incidentsPage;
	return (
		<details class="deliveries">
			<summary>{page.deliveries}</summary>
			<ul class="small">
				{deliveries.map((delivery) => (
					<li key={`${delivery.channel} ${delivery.phase}`}>
						<Badge sign={signOfDelivery[delivery.state]} text={page.delivery[delivery.state]} />{" "}
						{page.channel[delivery.channel]}, {page.phase[delivery.phase]}
						{delivery.attempts > 1 &&
							` · ${page.attempts(delivery.attempts, formatCount(delivery.attempts, language))}`}
						{delivery.deliveredAt !== null && (
							<>
								{" "}
								· <Moment at={delivery.deliveredAt} />
							</>
						)}
						{delivery.error !== null && <span class="soft"> {delivery.error}</span>}
					</li>
				))}
			</ul>
		</details>
	);
}

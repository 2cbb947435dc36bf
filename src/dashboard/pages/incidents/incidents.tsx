import type { Incident, Incidents } from "../../api/shapes.ts";
import { useResource } from "../../api/use-resource.ts";
import { incidentsRefreshMs } from "../../layout/header.tsx";
import { useTitle } from "../../parts/document-title.ts";
import { Mark } from "../../parts/marks.tsx";
import { Empty, Loading, Refused, Stale } from "../../parts/notices.tsx";
import { useReader } from "../../parts/reader.tsx";
import { IncidentEntry } from "./incident-entry.tsx";

/** What is wrong, what was, and who was told. */
export default function IncidentsPage() {
	const { words } = useReader();
	useTitle(words.incidents);
	const incidents = useResource<Incidents>("/api/incidents", incidentsRefreshMs);
	const { value } = incidents;
	const told = words.incidentsPage;
	return (
		<>
			<header class="page-head">
				<h1>{told.title}</h1>
				<p class="soft">{told.lead}</p>
			</header>
			<Stale refusal={incidents.refusal} atMs={incidents.atMs} retry={incidents.reload} />
			{value === undefined ? (
				incidents.refusal === undefined ? (
					<Loading />
				) : (
					<Refused refusal={incidents.refusal} retry={incidents.reload} />
				)
			) : (
				<>
					<section aria-labelledby="open">
						<h2 id="open">{told.open}</h2>
						{value.open.length === 0 ? (
							<div class="all-well">
								<Mark sign={{ tone: "good", glyph: "check" }} />
								<p>
									<strong>{told.noneOpen}</strong> {told.noneOpenTold}
								</p>
							</div>
						) : (
							<List incidents={value.open} />
						)}
					</section>
					<Channels channels={value.channels} />
					<section aria-labelledby="past">
						<h2 id="past">{told.past}</h2>
						{value.past.length === 0 ? (
							<Empty title={told.nonePast} />
						) : (
							<List incidents={value.past} />
						)}
					</section>
				</>
			)}
		</>
	);
}

function List({ incidents }: { readonly incidents: readonly Incident[] }) {
	return (
		<div class="incidents">
			{incidents.map((incident) => (
				<IncidentEntry key={incident.incidentId} incident={incident} />
			))}
		</div>
	);
}

function Channels({ channels }: { readonly channels: Incidents["channels"] }) {
	const { words } = useReader();
	const told = words.incidentsPage;
	const areNone = !channels.discord && !channels.webhook;
	return (
		<section aria-labelledby="channels">
			<h2 id="channels">{told.channels}</h2>
			<ul class="channels">
				{(["discord", "webhook", "heartbeat"] as const).map((channel) => (
					<li key={channel} class={channels[channel] ? "" : "soft"}>
						<Mark
							sign={
								channels[channel]
									? { tone: "good", glyph: "check" }
									: { tone: "none", glyph: "ring" }
							}
						/>
						{told.channel[channel]}{" "}
						<span class="soft">{channels[channel] ? told.on : told.off}</span>
					</li>
				))}
			</ul>
			{areNone && <p class="soft small">{told.noChannels}</p>}
		</section>
	);
}

import type { Incident } from "../../api/shapes.ts";
import { formatCount } from "../../format/spans.ts";
import { Mark } from "../../parts/marks.tsx";
import { useReader } from "../../parts/reader.tsx";
import { useAge } from "../../parts/time.tsx";
import { tellIncident } from "../../parts/told-incident.ts";
import { runPath } from "../../url/routes.ts";

/** What is wrong now, each in one sentence with what to do. */
const shownMax = 3;

export function IncidentsNow({ open }: { readonly open: readonly Incident[] }) {
	const { words, language } = useReader();
	const age = useAge();
	if (open.length === 0) return null;
	const more = open.length - shownMax;
	return (
		<section class="alarm" aria-label={words.incidentsPage.open}>
			{open.slice(0, shownMax).map((incident, index) => {
				const told = tellIncident(incident, words, language);
				const isLast = index === Math.min(shownMax, open.length) - 1;
				return (
					<article key={incident.incidentId}>
						<Mark sign={{ tone: "bad", glyph: "bell" }} />
						<p>
							<strong>{told.title}</strong>{" "}
							<span class="soft">{words.incidentsPage.since(age(incident.openedAt))}</span>
							<br />
							{told.toDo}
						</p>
						<p class="alarm-links">
							{incident.runId !== null && (
								<a class="button small" href={runPath(incident.runId)}>
									{words.incidentsPage.showRun}
								</a>
							)}
							{isLast && (
								<a class="alarm-all" href="/incidents">
									{more > 0
										? words.incidentsPage.more(more, formatCount(more, language))
										: words.incidentsPage.all}{" "}
									→
								</a>
							)}
						</p>
					</article>
				);
			})}
		</section>
	);
}

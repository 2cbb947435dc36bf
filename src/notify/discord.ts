import type { Incident, IncidentKind } from "../domain/incident.ts";
import { formatTime } from "../domain/summary.ts";
import type { OutgoingRequest } from "./deliver.ts";
import { cutText, discordLimits, inlineCode } from "./discord-text.ts";
import { type Language, type Notice, toldDurationMs, toldIncident } from "./notice.ts";
import { describeIncident, durationText, percentText, phrasesOf, timeText } from "./wording.ts";

/** Notices as rich embeds of a Discord webhook (its docs: "Execute Webhook", "Embed Object"). */
export interface DiscordBody {
	readonly username: "daicho";
	/** Nobody is called, whatever the texts say. */
	readonly allowed_mentions: { readonly parse: readonly [] };
	readonly embeds: readonly [DiscordEmbed];
}

export interface DiscordEmbed {
	readonly title: string;
	readonly description: string;
	readonly url?: string;
	/** 0xRRGGBB */
	readonly color: number;
	/** RFC 3339. */
	readonly timestamp: string;
	readonly fields: readonly DiscordField[];
	readonly footer: { readonly text: string };
}

export interface DiscordField {
	readonly name: string;
	readonly value: string;
	readonly inline: boolean;
}

const red = 0xd92d20;
const orange = 0xf79009;
const green = 0x12b76a;

/** Red where work was not done, orange where the system has helped itself. */
const colors: Readonly<Record<IncidentKind, number>> = {
	run_failed: red,
	run_timed_out: red,
	run_stuck: red,
	slot_missed: red,
	run_over_tolerance: orange,
	slot_late: orange,
	cron_dead: orange,
	alarm_dead: orange,
};

const causesMax = 3;
/** Of a cause's code and message, so that three causes fit one field. */
const codeCharactersMax = 64;
const messageCharactersMax = 240;
/** Ids, commands and reasons in a sentence. */
const markCharactersMax = 320;

/** @param url of the webhook, as config.ts has checked it; its query is kept (`thread_id`) */
export function discordRequest(url: string, notice: Notice, language: Language): OutgoingRequest {
	const address = new URL(url);
	// Without it, a message that could not be saved is answered with a success, too.
	address.searchParams.set("wait", "true");
	return {
		url: address.href,
		method: "POST",
		headers: { "content-type": "application/json" },
		body: JSON.stringify(discordBody(notice, language)),
	};
}

/** The same for every attempt. */
export function discordBody(notice: Notice, language: Language): DiscordBody {
	const incident = toldIncident(notice);
	const text = describeIncident(incident, language, notice.atMs, (words) =>
		inlineCode(words, markCharactersMax),
	);
	return {
		username: "daicho",
		allowed_mentions: { parse: [] },
		embeds: [
			{
				title: cutText(text.title, discordLimits.title),
				description: cutText(text.what, discordLimits.description),
				...(isLink(notice.runUrl) ? { url: notice.runUrl } : {}),
				color: notice.phase === "closed" ? green : colors[incident.kind],
				timestamp: formatTime(notice.atMs),
				fields: listFields(notice, incident, language, text.toDo),
				footer: { text: cutText(`daicho · ${incident.incidentId}`, discordLimits.footer) },
			},
		],
	};
}

function listFields(
	notice: Notice,
	incident: Incident,
	language: Language,
	toDo: string,
): DiscordField[] {
	const { labels } = phrasesOf[language];
	const { runId, slotAtMs, evidence } = incident;
	const fields: DiscordField[] = [];
	const add = (name: string, value: string, inline = true) =>
		fields.push({ name, value: cutText(value, discordLimits.fieldValue), inline });
	if (runId !== null) add(labels.run, inlineCode(runId, markCharactersMax));
	if (slotAtMs !== null) add(labels.slot, timeText(slotAtMs));
	// What kept a run from being planned is of no task.
	const isPlanned = evidence.tasks?.planned !== 0;
	if (evidence.tasks !== undefined && isPlanned) {
		const { planned, failed, lost } = evidence.tasks;
		const missing = failed + lost;
		add(labels.failed, `${missing} / ${planned} (${percentText(missing, planned)})`);
	}
	if (notice.phase === "closed") {
		add(labels.lasted, durationText(toldDurationMs(notice), language));
	}
	const causes = (evidence.causes ?? [])
		.slice(0, causesMax)
		.map((cause) => (isPlanned ? `${cause.count} × ` : "") + describeCause(cause));
	if (causes.length > 0) add(labels.causes, causes.join("\n"), false);
	add(labels.toDo, toDo, false);
	return fields;
}

function describeCause({
	code,
	message,
}: NonNullable<Incident["evidence"]["causes"]>[number]): string {
	return `${inlineCode(code, codeCharactersMax)} ${inlineCode(message, messageCharactersMax)}`;
}

/** Discord refuses the whole message for an address that it does not take for one, such as localhost. */
function isLink(url: string | null): url is string {
	if (url === null || !URL.canParse(url)) return false;
	const { protocol, hostname } = new URL(url);
	return /^https?:$/.test(protocol) && hostname.includes(".") && url.length <= 2_048;
}

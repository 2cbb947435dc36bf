import { readFileSync } from "node:fs";
import { type Info, parse } from "csv-parse/sync";
import { decodeTaskId } from "../../src/domain/ids.ts";
import type { SampleStreamer } from "./database.ts";
import { Refusal } from "./refusal.ts";

/** `--import FILE.csv`: streamers with the columns `id,login,display_name`. Bad lines are named, the rest goes in. */
export interface ImportedStreamers {
	readonly streamers: readonly SampleStreamer[];
	/** `line 7: …`, in the order of the file. */
	readonly problems: readonly string[];
}

const columns = ["id", "login", "display_name"] as const;
const login = /^[a-z0-9_]{1,25}$/i;
const nameCharactersMax = 100;

export function importStreamers(file: string): ImportedStreamers {
	let bytes: Buffer;
	try {
		bytes = readFileSync(file);
	} catch {
		throw new Refusal(`--import: ${file} cannot be read. Is it there?`);
	}
	try {
		return readStreamersCsv(
			new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes),
		);
	} catch (error) {
		if (!(error instanceof TypeError)) throw error;
		throw new Refusal(`--import: ${file} is not UTF-8. Save it as "CSV UTF-8".`);
	}
}

/** @param text of a whole file: quotes, commas and newlines inside quotes, byte-order mark, any line ends */
export function readStreamersCsv(text: string): ImportedStreamers {
	const problems: { line: number; reason: string }[] = [];
	const rows = parse(text, {
		bom: true,
		info: true,
		relax_column_count: true,
		// A stray quote stays where it is, so that it spoils its own line and not the next one as well.
		relax_quotes: true,
		skip_empty_lines: true,
		skip_records_with_error: true,
		on_skip: (error) => {
			problems.push({
				line: Number(error?.["lines"] ?? 0),
				reason: error?.message ?? "it cannot be read",
			});
			return undefined;
		},
	}) as unknown as { record: string[]; info: Info }[];
	const header = rows.shift()?.record.map((name) => name.trim().toLowerCase()) ?? [];
	if (header.join(",") !== columns.join(",")) {
		throw new Refusal(`--import: the first line has to be ${columns.join(",")}.`);
	}
	const lines = new Map<string, number>();
	const streamers: SampleStreamer[] = [];
	for (const { record, info } of rows) {
		const streamer = decodeRow(record);
		const before = typeof streamer === "string" ? undefined : lines.get(streamer.id);
		if (typeof streamer === "string") {
			problems.push({ line: info.lines, reason: streamer });
		} else if (before !== undefined) {
			problems.push({
				line: info.lines,
				reason: `id ${streamer.id} stands in line ${before} already`,
			});
		} else {
			lines.set(streamer.id, info.lines);
			streamers.push(streamer);
		}
	}
	problems.sort((left, right) => left.line - right.line);
	return { streamers, problems: problems.map(({ line, reason }) => `line ${line}: ${reason}`) };
}

/** The streamer of a row, or why it is none. */
function decodeRow(record: readonly string[]): SampleStreamer | string {
	if (record.length !== columns.length) {
		return `it has ${record.length} columns instead of ${columns.length}`;
	}
	const [id = "", name = "", displayName = ""] = record.map((field) => field.trim());
	if (!decodeTaskId(id).ok) return `${JSON.stringify(id.slice(0, 40))} is no broadcaster's id`;
	if (!login.test(name)) return `${JSON.stringify(name.slice(0, 40))} is no login`;
	if (displayName === "" || displayName.length > nameCharactersMax) {
		return `display_name has to have 1 to ${nameCharactersMax} characters`;
	}
	return { id, login: name.toLowerCase(), displayName };
}

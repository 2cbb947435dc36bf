import type { Summary } from "../../src/domain/summary.ts";
import type { AdminToken } from "./admin-token.ts";
import { formatHour, nextHour } from "./cron.ts";
import type { Options } from "./options.ts";
import { counted, type Screen, span } from "./screen.ts";
import type { StateFolder } from "./state-folder.ts";
import type { ImportedStreamers } from "./streamers-csv.ts";

/** What the operator is told before and after a run: what this daicho works on, and where to go on. */
export interface Setting {
	readonly options: Options;
	/** Undefined for the simulated Twitch. */
	readonly twitchUrl: string | undefined;
	readonly state: StateFolder;
	readonly token: AdminToken;
}

const labelColumns = 13;

export function showSetting(screen: Screen, { options, twitchUrl, state, token }: Setting): void {
	const { streamers, latencyMs, simulatedOnly } = options;
	screen.line();
	screen.line(`  ${screen.paint("bold", "daicho")}  the ledger of every run`);
	screen.line();
	if (twitchUrl === undefined) {
		const people = counted(streamers, "streamer");
		showFact(screen, "Twitch", `simulated, ${people}, ${latencyMs} ms an answer`);
	} else {
		showFact(screen, "Twitch", twitchUrl);
		if (simulatedOnly.length > 0) {
			const names = simulatedOnly.map((name) => `--${name}`).join(" and ");
			showFact(screen, "", `${names} left aside: they are for the simulated Twitch`);
		}
	}
	showFact(screen, "State", `${state.shown}, ${state.isNew ? "new" : "kept from before"}`);
	showFact(screen, "Log", `${state.shown}/wrangler.log`);
	if (!token.chosen) showFact(screen, "ADMIN_TOKEN", token.value);
}

const problemsShown = 20;

/** How many streamers a file brought, and which of its lines did not go in. */
export function showImport(screen: Screen, { streamers, problems }: ImportedStreamers): void {
	showFact(screen, "Imported", counted(streamers.length, "streamer"));
	for (const problem of problems.slice(0, problemsShown))
		showFact(screen, "", `left out: ${problem}`);
	const more = problems.length - problemsShown;
	if (more > 0) showFact(screen, "", `left out: ${counted(more, "more line")}`);
}

export function showReady(screen: Screen, url: string, afterMs: number): void {
	showFact(screen, "API", `${url}, ready after ${span(afterMs)}`);
	screen.line();
}

/** Where the result is, as a line that can be pasted into a shell, and what happens now. */
export function showWhatIsNext(
	screen: Screen,
	url: string,
	token: AdminToken,
	{ runId }: Summary,
	sinceMs: number,
): void {
	const bearer = token.chosen ? "$ADMIN_TOKEN" : token.value;
	screen.line();
	showFact(screen, "Ledger page", `${url}/`);
	showFact(screen, "This run", `${url}/api/runs/${runId}`);
	showFact(screen, "All runs", `${url}/api/runs`);
	showFact(screen, "Try", `curl -H "Authorization: Bearer ${bearer}" ${url}/api/runs/latest`);
	screen.line();
	const hour = formatHour(nextHour(sinceMs));
	screen.line(`  Next run at ${hour}, and every hour. Ctrl-C stops everything.`);
	screen.line();
}

/** How to get streamers into a database that has none. */
export function showHowToAddStreamers(
	screen: Screen,
	state: StateFolder,
	simulated: boolean,
): void {
	screen.line();
	screen.line("  No streamer is enabled, so there was nothing to collect.");
	if (simulated) {
		screen.line("  --streamers N loads samples.");
		return;
	}
	screen.line("  Add each with the id, login and name that Twitch knows, in the project's folder:");
	screen.line();
	const insert =
		"INSERT INTO streamers (broadcaster_id, login, display_name, enabled, added_at_ms) VALUES ('12826', 'twitch', 'Twitch', 1, unixepoch() * 1000)";
	// In single quotes a path is what it says in every shell; a quote in it has to leave them for a moment.
	const folder = `'${state.path.replaceAll("'", "'\\''")}'`;
	screen.line(
		`  npx wrangler d1 execute daicho --local --persist-to ${folder} --command "${insert}"`,
	);
}

function showFact(screen: Screen, label: string, fact: string): void {
	screen.line(`  ${screen.paint("dim", label.padEnd(labelColumns))}${fact}`);
}

import type { Summary } from "../../src/domain/summary.ts";
import type { Screen } from "./screen.ts";
import type { StateFolder } from "./state-folder.ts";

export interface AdminToken {
	readonly value: string;
	/** Chosen by whoever set ADMIN_TOKEN, and never shown; otherwise made for this start, and shown. */
	readonly chosen: boolean;
}

/** Where the API is, as a line that can be pasted into a shell. */
export function showApi(screen: Screen, url: string, token: AdminToken, { runId }: Summary): void {
	const bearer = token.chosen ? "$ADMIN_TOKEN" : token.value;
	screen.line();
	screen.line(`  ${screen.paint("dim", "This run     ")}${url}/api/runs/${runId}`);
	screen.line(`  ${screen.paint("dim", "All runs     ")}${url}/api/runs`);
	screen.line(
		`  ${screen.paint("dim", "Try          ")}curl -H "Authorization: Bearer ${bearer}" ${url}/api/runs/latest`,
	);
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
		screen.line("  Load samples with --streamers N.");
		return;
	}
	screen.line("  Add each with the id, login and name that Twitch knows, in the project's folder:");
	screen.line();
	const insert =
		"INSERT INTO streamers (broadcaster_id, login, display_name, enabled, added_at_ms) VALUES ('12826', 'twitch', 'Twitch', 1, unixepoch() * 1000)";
	// A path in single quotes says what it is in every shell; a quote in it has to leave them for a moment.
	const folder = `'${state.path.replaceAll("'", "'\\''")}'`;
	screen.line(
		`  npx wrangler d1 execute daicho --local --persist-to ${folder} --command "${insert}"`,
	);
}

import { randomBytes } from "node:crypto";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Api } from "./start/api.ts";
import { formatHour, nextHour, playCron } from "./start/cron.ts";
import { prepareDatabase } from "./start/database.ts";
import { type AdminToken, showApi, showHowToAddStreamers } from "./start/directions.ts";
import { Ending } from "./start/ending.ts";
import { help, type Options, readOptions } from "./start/options.ts";
import { host, requireFreePort } from "./start/port.ts";
import { Progress } from "./start/progress.ts";
import { Refusal } from "./start/refusal.ts";
import { followRun } from "./start/run.ts";
import { count, Screen, span } from "./start/screen.ts";
import { openStateFolder } from "./start/state-folder.ts";
import { showSummary } from "./start/summary-table.ts";
import { readTwitch, requireReachable, simulateTwitch } from "./start/twitch.ts";
import { LocalWorker } from "./start/worker.ts";

/**
 * `npm start`: everything on this machine. What can be refused is refused before anything is started; what was
 * started is stopped by `Ending`, whichever way this ends.
 */
const root = dirname(import.meta.dirname);

async function start(options: Options, screen: Screen, ending: Ending): Promise<void> {
	const other = readTwitch(process.env);
	await requireFreePort(options.port);
	if (other !== undefined) await requireReachable(other);
	const state = openStateFolder(ending, root, options.state, {
		fresh: options.fresh,
		origin: other === undefined ? "simulated" : "other",
	});
	const simulated =
		other === undefined
			? await simulateTwitch(ending, state.seed, options)
			: undefined;
	const twitch = other ?? simulated;
	if (twitch === undefined) throw new Error("there is either another Twitch or the simulated one");
	const token = readAdminToken();
	const dim = (text: string) => screen.paint("dim", text.padEnd(13));

	screen.line();
	screen.line(`  ${screen.paint("bold", "daicho")}  the ledger of every run`);
	screen.line();
	screen.line(
		`  ${dim("Twitch")}${simulated === undefined ? twitch.apiUrl : `simulated, ${count(options.streamers)} streamers, ${options.latencyMs} ms an answer`}`,
	);
	if (simulated === undefined && options.simulatedOnly.length > 0) {
		const names = options.simulatedOnly.map((name) => `--${name}`).join(" and ");
		screen.line(`  ${dim("")}${names} left aside: the simulated Twitch is not started`);
	}
	screen.line(`  ${dim("State")}${state.shown}${state.isNew ? ", new" : ", kept from before"}`);
	screen.line(`  ${dim("Log")}${state.shown}/wrangler.log`);
	if (!token.chosen) screen.line(`  ${dim("ADMIN_TOKEN")}${token.value}`);

	screen.live("  preparing the database …");
	const database = await prepareDatabase(ending, root, state, simulated?.streamers ?? null);
	screen.live("  starting the Worker …");
	const worker = new LocalWorker(ending, root, state, {
		port: options.port,
		vars: {
			ADMIN_TOKEN: token.value,
			TWITCH_API_URL: twitch.apiUrl,
			TWITCH_AUTH_URL: twitch.authUrl,
			TWITCH_CLIENT_ID: twitch.clientId,
			TWITCH_CLIENT_SECRET: twitch.clientSecret,
		},
	});
	const api = new Api(`http://${host}:${options.port}`, token.value);
	await worker.ready(api);
	screen.line(`  ${dim("API")}${api.url}, ready after ${span(performance.now())}`);
	screen.line();

	const progress = new Progress(screen);
	const first = (async () => {
		const runId = await api.startRun("collect-clips");
		return followRun(api, runId, (open) => progress.show(open));
	})();
	const summary = await Promise.race([first, worker.failed()]);
	showSummary(screen, summary);
	await screen.result(summary);
	if (database.enabledStreamers === 0 && summary.tasks.planned === 0) {
		showHowToAddStreamers(screen, state, simulated !== undefined);
	}
	if (options.once) return ending.end(summary.verdict === "succeeded" ? 0 : 1);

	ending.becomeOrderly();
	showApi(screen, api.url, token, summary);
	screen.line();
	screen.line(
		`  Next run at ${formatHour(nextHour(Date.now()))} and every hour. Ctrl-C stops everything.`,
	);
	screen.line();
	await Promise.race([playCron(api, screen, { nowMs: Date.now, sleep }), worker.failed()]);
}

function readAdminToken(): AdminToken {
	const chosen = process.env["ADMIN_TOKEN"] ?? "";
	if (chosen === "") return { value: randomBytes(18).toString("base64url"), chosen: false };
	if (/^[\x21-\x7e]+$/.test(chosen)) return { value: chosen, chosen: true };
	throw new Refusal("ADMIN_TOKEN must be visible ASCII without spaces: it travels in a header.");
}

async function main(): Promise<void> {
	let screen = new Screen(false);
	let ending: Ending | undefined;
	try {
		const options = readOptions(process.argv.slice(2), root);
		if (options.help) return console.log(help);
		screen = new Screen(options.json);
		ending = new Ending(screen);
		await start(options, screen, ending);
	} catch (error) {
		// What fails because everything is being stopped is no news.
		if (!ending?.begun) {
			const text =
				error instanceof Refusal ? error.message : error instanceof Error ? error.stack : error;
			screen.complain(String(text));
		}
		process.exitCode = 1;
		await ending?.end(1);
	}
}

await main();

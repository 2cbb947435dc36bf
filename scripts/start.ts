import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { buildDashboard } from "./build-dashboard.ts";
import { readAdminToken } from "./start/admin-token.ts";
import { Api } from "./start/api.ts";
import { playCron } from "./start/cron.ts";
import { prepareDatabase } from "./start/database.ts";
import {
	showHowToAddStreamers,
	showImport,
	showReady,
	showSetting,
	showWhatIsNext,
} from "./start/directions.ts";
import { Ending } from "./start/ending.ts";
import { help, type Options, readOptions } from "./start/options.ts";
import { host, requireFreePort } from "./start/port.ts";
import { Progress } from "./start/progress.ts";
import { Refusal } from "./start/refusal.ts";
import { followRun } from "./start/run.ts";
import { Screen } from "./start/screen.ts";
import { openStateFolder } from "./start/state-folder.ts";
import { importStreamers } from "./start/streamers-csv.ts";
import { showSummary } from "./start/summary-table.ts";
import { readTwitch, requireReachable, simulateTwitch } from "./start/twitch.ts";
import { LocalWorker } from "./start/worker.ts";
import { readWorkerVars } from "./start/worker-vars.ts";

/**
 * `npm start`: everything on this machine. What can be refused is refused before anything is started; what was
 * started is stopped by `Ending`, whichever way this ends.
 */
const root = dirname(import.meta.dirname);

async function start(options: Options, screen: Screen, ending: Ending): Promise<void> {
	const token = readAdminToken(process.env);
	const vars = readWorkerVars(process.env);
	const imported = options.importFile === null ? null : importStreamers(options.importFile);
	const other = readTwitch(process.env);
	await requireFreePort(options.port);
	if (other !== undefined) await requireReachable(other);
	const state = openStateFolder(ending, root, options.state, {
		fresh: options.fresh,
		origin: other === undefined ? "simulated" : "other",
	});
	const simulated =
		other === undefined ? await simulateTwitch(ending, state.seed, options) : undefined;
	const twitch = other ?? simulated;
	if (twitch === undefined) throw new Error("there is either another Twitch or the simulated one");
	showSetting(screen, { options, twitchUrl: other?.apiUrl, state, token });
	if (imported !== null) showImport(screen, imported);

	screen.live("  building the dashboard …");
	await buildDashboard();
	screen.live("  preparing the database …");
	const streamers = imported?.streamers ?? simulated?.streamers ?? null;
	// The samples, or what is there instead of them, are the whole list; for Twitch itself a file adds to the list.
	const noOthers = simulated !== undefined;
	const database = await prepareDatabase(ending, root, state, streamers, noOthers);
	screen.live("  starting the Worker …");
	const worker = new LocalWorker(ending, root, state, {
		port: options.port,
		vars: {
			...vars,
			ADMIN_TOKEN: token.value,
			TWITCH_API_URL: twitch.apiUrl,
			TWITCH_AUTH_URL: twitch.authUrl,
			TWITCH_CLIENT_ID: twitch.clientId,
			TWITCH_CLIENT_SECRET: twitch.clientSecret,
		},
	});
	const api = new Api(`http://${host}:${options.port}`, token.value);
	await worker.ready(api);
	// From here on its schedule expects every hour, also one that comes while the first run is played.
	const sinceMs = Date.now();
	showReady(screen, api.url, performance.now());

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
	showWhatIsNext(screen, api.url, token, summary, sinceMs);
	await Promise.race([playCron(api, screen, { nowMs: Date.now, sleep }, sinceMs), worker.failed()]);
}

async function main(): Promise<void> {
	let screen = new Screen(false);
	let ending: Ending | undefined;
	try {
		// npm's shell does not hand signals on: when npm is ended, that shell goes, and this process has to notice.
		const npm = process.env["npm_lifecycle_event"] !== undefined;
		if (npm) await import("./start/end-with-parent.ts");
		const options = readOptions(process.argv.slice(2), root);
		if (options.help) return console.log(help);
		screen = new Screen(options.json);
		ending = new Ending(screen);
		await start(options, screen, ending);
	} catch (error) {
		// What fails because everything is being stopped is no news.
		if (!ending?.begun) screen.complain(describe(error));
		process.exitCode = 1;
		await ending?.end(1);
	}
}

function describe(error: unknown): string {
	if (error instanceof Refusal) return error.message;
	return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

await main();

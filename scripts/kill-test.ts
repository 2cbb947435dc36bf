import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type SimulatedTwitch, startSimulatedTwitch } from "../test/support/twitch/server.ts";
import { Campaign, refuse } from "./kill/campaign.ts";
import type { Place } from "./kill/daicho.ts";
import { drawMoments, type Moment } from "./kill/moment.ts";
import { help, type KillOptions, readKillOptions } from "./kill/options.ts";
import { showKilled } from "./kill/report.ts";
import { checkWhole } from "./kill/verify.ts";
import { GrowingWindow } from "./kill/window.ts";
import { Ending } from "./start/ending.ts";
import { host } from "./start/port.ts";
import { Refusal } from "./start/refusal.ts";
import { Screen, span } from "./start/screen.ts";

/**
 * `npm run test:kill`: whole-process death. `npm start` and all its processes are killed in the middle of runs and started
 * again on the same state; every run has to be sealed and every number right. Twitch is not killed: it is elsewhere.
 */
const root = dirname(import.meta.dirname);
const tailLines = 40;
const streamers = 60;
const latencyMs = 400;
/** Twelve messages of five streamers, one after the other: each takes an answer of Twitch and a little. */
const small = { TASKS_PER_MESSAGE: "5", MESSAGES_IN_FLIGHT: "6" };
const shortLeases = { LEASE_SECONDS: "20", QUEUED_SECONDS: "5" };
const pace = { runMs: 12 * (latencyMs + 50), startMs: 5_000 };
/** With the leases of a deployment a killed run is sealed within this, from the restart's first process. */
const promisedMs = 240_000;

interface Trial {
	readonly name: string;
	readonly env: Place["env"];
	readonly moments: () => Moment;
	readonly kills: number;
	/** Hours that each window is longer than the one before. */
	readonly stepHours: number;
	readonly giveUpMs: number;
	readonly promisedMs: number | null;
}

function trialsOf({ kills, defaults, seed }: KillOptions): Trial[] {
	const trials: Trial[] = [];
	if (kills > 0) {
		const moments = drawMoments(seed, pace);
		const env = { ...small, ...shortLeases };
		trials.push({
			...{ name: "short leases", env, moments, kills },
			...{ stepHours: 6, giveUpMs: 300_000, promisedMs: null },
		});
	}
	if (defaults) {
		// In the middle, so that a message is on lease: its lease is what has to be waited for.
		const moments = (): Moment => ({ about: "running", afterMs: pace.runMs / 3 });
		trials.push({
			...{ name: "default leases", env: {}, moments, kills: 1 },
			...{ stepHours: 24, giveUpMs: 2 * promisedMs, promisedMs },
		});
	}
	return trials;
}

async function play(trial: Trial, ending: Ending, screen: Screen): Promise<void> {
	const folder = mkdtempSync(join(tmpdir(), "daicho-kill-"));
	let keep = false;
	ending.beforeExit(() => {
		if (!keep) rmSync(folder, { recursive: true, force: true });
	});
	const beganAtMs = Date.now();
	const twitch = await startSimulatedTwitch({ streamers, latencyMs, movingOrder: false });
	ending.beforeExit((now) => (now ? undefined : twitch.close()));
	screen.line();
	screen.line(`  ${trial.name}: ${trial.kills} kills`);
	const state = join(folder, "state");
	try {
		const place = await makePlace(folder, state, twitch, trial.env);
		const window = new GrowingWindow(trial.stepHours);
		const traffic = { requests: () => twitch.counts.clips, answerMs: latencyMs };
		const { giveUpMs } = trial;
		const campaign = new Campaign(ending, place, screen, { window, traffic, giveUpMs });
		while (campaign.kills.length < trial.kills) await campaign.killAt(trial.moments());
		const left = await campaign.finish();
		refuse("at the end", checkWhole(left, twitch, beganAtMs));
		showKilled(screen, campaign, left, Date.now() - beganAtMs);
		for (const [runId, { afterStartMs }] of campaign.seals) {
			const late = trial.promisedMs !== null && afterStartMs > trial.promisedMs;
			refuse(
				"too late",
				late ? [`${runId} was sealed ${span(afterStartMs)} after the restart`] : [],
			);
		}
	} catch (error) {
		if (ending.begun) throw error;
		keep = true;
		screen.complain(`\n  The state is kept in ${state}. The end of its logs:\n${readTails(state)}`);
		throw error;
	}
}

async function makePlace(
	folder: string,
	state: string,
	twitch: SimulatedTwitch,
	env: Place["env"],
): Promise<Place> {
	const streamersFile = join(folder, "streamers.csv");
	const lines = twitch.streamers.map(({ id, login }) => `${id},${login},${login}\n`);
	writeFileSync(streamersFile, `id,login,display_name\n${lines.join("")}`);
	const address = {
		TWITCH_API_URL: twitch.apiUrl,
		TWITCH_AUTH_URL: twitch.authUrl,
		TWITCH_CLIENT_ID: twitch.clientId,
		TWITCH_CLIENT_SECRET: twitch.clientSecret,
	};
	return { root, state, port: await findFreePort(), streamersFile, env: { ...env, ...address } };
}

async function findFreePort(): Promise<number> {
	const server = createServer();
	await new Promise<void>((resolve) => server.listen(0, host, resolve));
	const address = server.address();
	await new Promise((resolve) => server.close(resolve));
	if (typeof address !== "object" || address === null) throw new Error("no port to be had");
	return address.port;
}

/** Of the start before the last kill, and of the last one: without the test's own looks. */
function readTails(state: string): string {
	return ["wrangler.previous.log", "wrangler.log"]
		.map((name) => join(state, name))
		.filter((file) => existsSync(file))
		.map((file) => `--- ${file}\n${readTail(file)}`)
		.join("\n");
}

function readTail(file: string): string {
	return readFileSync(file, "utf8")
		.split("\n")
		.filter((line) => line.trim() !== "" && !/ GET \/(api|healthz).* 200 OK/.test(line))
		.slice(-tailLines)
		.join("\n");
}

const screen = new Screen(false);
let ending: Ending | undefined;
try {
	if (process.env["npm_lifecycle_event"] !== undefined) await import("./start/end-with-parent.ts");
	const options = readKillOptions(process.argv.slice(2));
	if (options.help) {
		screen.line(help);
	} else {
		ending = new Ending(screen);
		screen.line(`  seed ${options.seed}`);
		for (const trial of trialsOf(options)) await play(trial, ending, screen);
		await ending.end(0);
	}
} catch (error) {
	if (!ending?.begun) {
		const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
		screen.complain(error instanceof Refusal ? error.message : text);
	}
	process.exitCode = 1;
	await ending?.end(1);
}

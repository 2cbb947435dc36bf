import { setTimeout as sleep } from "node:timers/promises";
import type { Summary } from "../../src/domain/summary.ts";
import type { Ending } from "../start/ending.ts";
import { type Screen, span } from "../start/screen.ts";
import { Daicho, type Place } from "./daicho.ts";
import { type LeftBehind, type OpenRun, readLeftBehind } from "./left-behind.ts";
import type { Moment } from "./moment.ts";
import { describeKill } from "./report.ts";
import { type SealDelays, Starts } from "./starts.ts";
import { checkLedger } from "./verify.ts";
import type { GrowingWindow } from "./window.ts";

/** One kill that hit an open run. */
export interface Kill {
	readonly no: number;
	readonly about: Moment["about"];
	/** Of the start that was killed, until then. */
	readonly livedMs: number;
	readonly processes: number;
	/** What was open, oldest first; never empty. */
	readonly open: readonly OpenRun[];
}

/** How a killed run ended. */
export interface Seal extends SealDelays {
	readonly summary: Summary;
}

const pollMs = 200;
const progressPollMs = 50;
const requestPollMs = 2;
/** Of a run's last message: these are under way together. */
const lastTasks = 5;
const emptyKillsMax = 20;

/** What can be seen of Twitch from outside: the only sign that the last message of a run is about to be reported. */
export interface TwitchTraffic {
	/** Requests so far. */
	readonly requests: () => number;
	/** Milliseconds from a request to its answer. */
	readonly answerMs: number;
}

interface CampaignOptions {
	readonly window: GrowingWindow;
	readonly traffic: TwitchTraffic;
	/** Longest wait for the seal of a killed run; generous, for machines that are busy. */
	readonly giveUpMs: number;
}

/** The starts, kills and restarts of one state folder, in turn. */
export class Campaign {
	readonly kills: Kill[] = [];
	readonly seals = new Map<string, Seal>();
	readonly #ending: Ending;
	readonly #place: Place;
	readonly #screen: Screen;
	readonly #window: GrowingWindow;
	readonly #traffic: TwitchTraffic;
	readonly #giveUpMs: number;
	/** Killed runs that are not known to be sealed, and when each was first killed. */
	readonly #open = new Map<string, number>();
	readonly #starts = new Starts();
	#emptyKills = 0;
	#shown = 0;
	#daicho: Daicho;

	constructor(ending: Ending, place: Place, screen: Screen, options: CampaignOptions) {
		this.#ending = ending;
		this.#place = place;
		this.#screen = screen;
		this.#window = options.window;
		this.#traffic = options.traffic;
		this.#giveUpMs = options.giveUpMs;
		this.#daicho = this.#start();
	}

	/** Kills once at about that moment, and starts again. A kill that hits no open run does not count. */
	async killAt(moment: Moment): Promise<void> {
		const kill = await (moment.about === "starting"
			? this.#passTime(moment.afterMs)
			: this.#playNewRun(moment));
		const killedAtMs = Date.now();
		const livedMs = killedAtMs - this.#daicho.startedAtMs;
		const processes = await kill();
		const left = readLeftBehind(this.#place.state);
		refuse("after a kill", checkLedger(left));
		for (const { runId } of left.open) {
			if (!this.#open.has(runId)) this.#open.set(runId, killedAtMs);
		}
		if (left.open.length > 0) {
			const no = this.kills.length + 1;
			this.kills.push({ no, about: moment.about, livedMs, processes, open: left.open });
		} else {
			this.#emptyKills += 1;
			refuse(
				"",
				this.#emptyKills > emptyKillsMax ? ["no kill hits a run: is Twitch too fast?"] : [],
			);
		}
		this.#screen.live(`  ${this.kills.length} kills, ${this.#open.size} runs open …`);
		this.#daicho = this.#start();
	}

	/** Waits until all that was killed is sealed, ends daicho in good order, and reads what it leaves. */
	async finish(): Promise<LeftBehind> {
		await this.#waitForSeals();
		await this.#waitForQuiet();
		await this.#daicho.stop();
		return readLeftBehind(this.#place.state);
	}

	#start(): Daicho {
		const daicho = new Daicho(this.#ending, this.#place, this.#window.widen().vars);
		this.#starts.add(daicho);
		return daicho;
	}

	/** A start that ends by itself meanwhile is a failure, and no start to kill. */
	async #passTime(ms: number) {
		await Promise.race([sleep(ms), this.#daicho.ready.then(() => sleep(ms))]);
		return this.#daicho.aim();
	}

	async #playNewRun({ about, afterMs }: Moment) {
		await this.#waitForSeals();
		const kill = this.#daicho.aim();
		const started = this.#daicho.startRun(this.#window.widen().window);
		if (about === "planning") {
			await sleep(afterMs);
			return kill;
		}
		const runId = await started;
		if (runId === undefined) throw new Error("POST /api/runs failed");
		if (about === "sealing") await this.#waitForLastAnswer(runId);
		await sleep(afterMs);
		return kill;
	}

	/**
	 * Until Twitch has answered the last request of the run. It is sealed some 20 ms after that, too soon to be seen by
	 * asking for it; but while its last tasks are under way, a Twitch that nobody asks anything has told all.
	 */
	async #waitForLastAnswer(runId: string): Promise<void> {
		const giveUpAtMs = Date.now() + this.#giveUpMs;
		for (; ; await sleep(progressPollMs)) {
			this.#daicho.requireAlive();
			const run = await this.#daicho.findRun(runId);
			if (run?.state === "sealing" || run?.state === "sealed") return;
			if (run?.state === "running" && run.tasks.open <= lastTasks) break;
			if (Date.now() > giveUpAtMs) {
				throw new Error(`${runId}, that nobody killed, is open after ${span(this.#giveUpMs)}`);
			}
		}
		const { requests, answerMs } = this.#traffic;
		let askedAtMs = performance.now();
		for (let known = requests(); performance.now() < askedAtMs + answerMs; ) {
			if (requests() > known) askedAtMs = performance.now();
			known = requests();
			await sleep(requestPollMs);
		}
	}

	/** Until every run that was ever killed is sealed. */
	async #waitForSeals(): Promise<void> {
		await this.#daicho.ready;
		for (const giveUpAtMs = Date.now() + this.#giveUpMs; this.#open.size > 0; await sleep(pollMs)) {
			this.#daicho.requireAlive();
			for (const [runId, killedAtMs] of [...this.#open]) {
				const summary = await this.#daicho.findRun(runId);
				if (summary?.state !== "sealed") continue;
				const delays = this.#starts.measure(Date.parse(summary.sealedAt ?? ""), killedAtMs);
				this.seals.set(runId, { summary, ...delays });
				this.#open.delete(runId);
			}
			if (Date.now() > giveUpAtMs) {
				this.#showKills();
				const runs = await Promise.all(
					[...this.#open.keys()].map((runId) => this.#daicho.findRun(runId)),
				);
				throw new Error(
					`not sealed ${span(this.#giveUpMs)} after the restart:\n${JSON.stringify(runs, null, 1)}`,
				);
			}
		}
		this.#showKills();
	}

	/** Until no run is open at all, the restart's own one neither. */
	async #waitForQuiet(): Promise<void> {
		for (const giveUpAtMs = Date.now() + this.#giveUpMs; Date.now() < giveUpAtMs; ) {
			this.#daicho.requireAlive();
			const list = await this.#daicho.ask<{ runs: Summary[] }>("/api/runs?limit=100");
			const runs = list?.runs ?? [];
			if (runs.length > 0 && runs.every(({ state }) => state === "sealed")) return;
			await sleep(pollMs);
		}
		throw new Error(`a run that nobody killed is still open after ${span(this.#giveUpMs)}`);
	}

	#showKills(): void {
		for (const kill of this.kills.slice(this.#shown)) {
			this.#screen.line(`  ${describeKill(kill, this.seals)}`);
		}
		this.#shown = this.kills.length;
	}
}

export function refuse(when: string, problems: readonly string[]): void {
	if (problems.length > 0) throw new Error([when, ...problems].join("\n  "));
}

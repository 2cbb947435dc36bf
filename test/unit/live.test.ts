import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Watcher, watchMaxMs } from "../../durable-objects/run-coordinator/live.ts";
import { LivePage } from "../support/live-page.ts";
import { nodePlatform } from "../support/node-world.ts";
import { failure, ScriptedJob, taskIdOf } from "../support/scripted-job.ts";
import { World } from "../support/world.ts";

/** Watching a run: what is told is what is so, and nobody's watching harms the run. */
class Socket implements Watcher {
	readonly page = new LivePage();
	readonly untilMs: number;
	closed: number | null = null;
	broken = false;

	constructor(untilMs: number) {
		this.untilMs = untilMs;
	}

	send(text: string): void {
		if (this.broken) throw new Error("the other end is gone");
		this.page.hear(text);
	}

	close(code: number): void {
		if (this.broken) throw new Error("the other end is gone");
		this.closed = code;
	}
}

/** A world with sockets, which stay when the object sleeps, and the callbacks that wait for their time. */
class WatchedWorld {
	readonly sockets: Socket[] = [];
	readonly world: World;
	waiting: (() => void)[] = [];
	/** How often anybody asked who is there. */
	looks = 0;

	constructor(job: ScriptedJob) {
		this.world = new World(nodePlatform(), job);
		this.world.live = {
			watchers: () => {
				this.looks += 1;
				return this.sockets.filter(({ closed }) => closed === null);
			},
			later: (ms, callback) => {
				expect(ms).toBeGreaterThanOrEqual(100);
				expect(ms).toBeLessThanOrEqual(200);
				this.waiting.push(callback);
			},
		};
	}

	join(): Socket {
		const socket = new Socket(this.world.nowMs + watchMaxMs);
		const answer = this.world.coordinator.live.watch(() => {
			this.sockets.push(socket);
			return socket;
		});
		expect(answer).toEqual({ kind: "watching" });
		return socket;
	}

	leave(socket: Socket): void {
		socket.closed = 1005;
		this.world.coordinator.live.left();
	}

	tell(): void {
		const due = this.waiting;
		this.waiting = [];
		for (const callback of due) callback();
	}

	async sleep(): Promise<void> {
		this.tell();
		await this.world.restart();
	}

	/** Every page that is open says what the run says. */
	async expectTruth(): Promise<void> {
		this.tell();
		const answer = await this.world.coordinator.tasks({ after: null, limit: 500, state: null });
		if (answer.kind !== "tasks") throw new Error("unknown run");
		const states = answer.tasks.map(({ state }) => state);
		const summary = await this.world.summary();
		for (const { page, closed, broken } of this.sockets) {
			if (closed !== null || broken) continue;
			expect(page.states).toEqual(states);
			expect({ ...page.summary, durationMs: 0 }).toEqual({ ...summary, durationMs: 0 });
		}
	}
}

async function watched(tasks: number | ScriptedJob): Promise<WatchedWorld> {
	const job = typeof tasks === "number" ? new ScriptedJob(tasks) : tasks;
	const there = new WatchedWorld(job);
	await there.world.restart();
	await there.world.start();
	return there;
}

describe("somebody who watches a run", () => {
	it("sees it from its plan to its seal, in messages that hold what changed", async () => {
		const there = await watched(30);
		const socket = there.join();
		expect(socket.page).toMatchObject({ states: [], summary: { state: "planning" } });
		await there.world.ring();
		await there.expectTruth();
		expect(socket.page.states).toHaveLength(30);
		await there.world.deliver(there.world.take());
		await there.expectTruth();
		const [planning, planned, changed] = socket.page.messages;
		expect([planning?.type, planned?.type, changed?.type]).toEqual([
			"snapshot",
			"snapshot",
			"changes",
		]);
		expect(changed?.tasks).toHaveLength(12);
		expect(Object.keys(changed?.summary ?? {})).not.toContain("runId");
		const summary = await there.world.finish();
		there.tell();
		expect(socket.page.sealed).toEqual(summary);
		expect(socket.closed).toBe(1000);
		expect(there.waiting).toEqual([]);
	});

	it("of a sealed run sees how it ended, and nothing more", async () => {
		const there = await watched(5);
		const summary = await there.world.finish();
		const socket = there.join();
		expect(socket.page.messages.map(({ type }) => type)).toEqual(["snapshot", "sealed"]);
		expect(socket.page).toMatchObject({ sealed: summary, states: Array(5).fill("succeeded") });
		expect(socket.closed).toBe(1000);
	});

	it("hears once of what changed at once", async () => {
		const there = await watched(120);
		await there.world.ring();
		const socket = there.join();
		const before = socket.page.messages.length;
		for (let messages = 0; messages < 10; messages += 1) {
			await there.world.deliver(there.world.take());
		}
		expect(there.waiting).toHaveLength(1);
		there.tell();
		expect(socket.page.messages.length).toBe(before + 1);
		await there.expectTruth();
	});

	it("while the object slept gets a snapshot with the next change", async () => {
		const there = await watched(40);
		await there.world.ring();
		const socket = there.join();
		await there.sleep();
		await there.world.deliver(there.world.take());
		await there.expectTruth();
		expect(socket.page.messages.at(-1)?.type).toBe("snapshot");
		await there.world.deliver(there.world.take());
		await there.expectTruth();
		expect(socket.page.messages.at(-1)?.type).toBe("changes");
	});

	it("is sent away after ten minutes, before anything more is told, to be asked again who they are", async () => {
		const there = await watched(40);
		await there.world.ring();
		const early = there.join();
		there.world.nowMs += 300_000;
		const late = there.join();
		there.world.nowMs += 300_001;
		await there.world.deliver(there.world.take());
		const heard = [early.page.messages.length, late.page.messages.length] as const;
		there.tell();
		expect([early.closed, late.closed]).toEqual([4000, null]);
		expect(early.page.messages).toHaveLength(heard[0]);
		expect(late.page.messages).toHaveLength(heard[1] + 1);
	});

	it("of a run that was quiet for hours does not hear how it ended when their time was over before", async () => {
		const there = await watched(3);
		await there.world.ring();
		const early = there.join();
		there.world.nowMs += watchMaxMs;
		const late = there.join();
		await there.world.finish();
		const heard = early.page.messages.length;
		there.tell();
		expect([early.closed, late.closed]).toEqual([4000, 1000]);
		expect(early.page.messages).toHaveLength(heard);
		expect(early.page.sealed ?? null).toBeNull();
		expect(late.page.sealed).not.toBeNull();
	});

	it("finds no run, or too many others, or too many tasks", async () => {
		const there = new WatchedWorld(new ScriptedJob(3));
		await there.world.restart();
		const never = () => {
			throw new Error("opened");
		};
		const { live } = there.world.coordinator;
		expect(live.watch(never)).toEqual({ kind: "unknown_run" });
		await there.world.start();
		for (let sockets = 0; sockets < 50; sockets += 1) there.join();
		expect(live.watch(never)).toEqual({ kind: "too_many_watchers" });
		there.leave(there.sockets[0] ?? never());
		there.join();
		// Those whose time is over take nobody's place, though nothing has happened since.
		there.world.nowMs += watchMaxMs;
		there.join();

		const many = await watched(20_001);
		await many.world.ring();
		expect(many.world.coordinator.live.watch(never)).toEqual({ kind: "run_too_large" });
	});
});

describe("a run", () => {
	it("that nobody watches is not slowed down by anything but one look", async () => {
		const there = await watched(60);
		await there.world.finish();
		expect(there.looks).toBe(1);
		expect(there.waiting).toEqual([]);
	});

	it("that nobody watches any more sets nothing in motion", async () => {
		const there = await watched(60);
		await there.world.ring();
		const socket = there.join();
		there.tell();
		there.leave(socket);
		const { looks } = there;
		for (let messages = 0; messages < 3; messages += 1) {
			await there.world.deliver(there.world.take());
		}
		expect(there.waiting).toEqual([]);
		expect(there.looks).toBe(looks);
	});

	it("meters the same whether it is watched or not", async () => {
		const alone = await (await watched(60)).world.finish();
		const there = await watched(60);
		there.join();
		for (;;) {
			there.tell();
			if ((await there.world.summary()).state === "sealed") break;
			const message = there.world.queue.shift();
			if (message === undefined) await there.world.ringWhenDue();
			else await there.world.deliver(message);
		}
		const together = await there.world.summary();
		expect(together.meters["ledgerRowsRead"]).toBe(alone.meters["ledgerRowsRead"]);
		expect(together.meters["ledgerRowsWritten"]).toBe(alone.meters["ledgerRowsWritten"]);
	});

	it("goes on when sockets break, looking fails, or a callback fails", async () => {
		const there = await watched(40);
		await there.world.ring();
		const good = there.join();
		const bad = there.join();
		bad.broken = true;
		await there.world.deliver(there.world.take());
		await there.expectTruth();
		expect(good.page.messages.at(-1)?.type).toBe("changes");
		const { live } = there.world;
		if (live === undefined) throw new Error("nobody watches");
		there.world.live = {
			watchers: () => {
				throw new Error("the platform is not well");
			},
			later: live.later,
		};
		await there.world.restart();
		await there.world.deliver(there.world.take());
		expect(there.world.logged.map(({ event }) => event)).toContain("live_failed");
		expect(await there.world.finish()).toMatchObject({ verdict: "succeeded", balanced: true });
	});
});

describe("under random bad days", () => {
	const events = fc.constantFrom(
		...(["deliver", "deliver", "lose", "double", "ring", "wait", "late", "sleep"] as const),
		...(["join", "leave", "break", "tell", "tell", "cancel"] as const),
	);
	const outcomes = fc.constantFrom(
		undefined,
		{ kind: "retryable", error: failure() } as const,
		{ kind: "permanent", error: failure("thing_gone") } as const,
		{ kind: "deferred", continuation: "next" } as const,
	);

	it("every page says what the run says, until its seal", async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.array(events, { maxLength: 60 }),
				fc.array(outcomes, { maxLength: 20 }),
				async (happened, scripted) => {
					const job = new ScriptedJob(25);
					const outcomeOfTask = new Map(
						scripted.map((outcome, index) => [taskIdOf(index), outcome] as const),
					);
					job.outcomeOf = ({ taskId, attempt }) =>
						attempt > 2 ? undefined : outcomeOfTask.get(taskId);
					const there = await watched(job);
					const { world } = there;
					there.join();
					for (const event of happened) {
						const message = world.queue[0];
						if (event === "deliver" && message !== undefined) await world.deliver(world.take());
						if (event === "lose") world.queue.shift();
						if (event === "double" && message !== undefined) world.queue.push(message);
						if (event === "ring") await world.ring();
						if (event === "wait") world.nowMs += 1_000;
						if (event === "late") world.nowMs += 180_000;
						if (event === "sleep") await there.sleep();
						if (event === "join") there.join();
						if (event === "leave" && there.sockets[0]) there.leave(there.sockets[0]);
						if (event === "break" && there.sockets[1]) there.sockets[1].broken = true;
						if (event === "cancel") await world.coordinator.cancel();
						if (event === "tell") await there.expectTruth();
					}
					await there.expectTruth();
					const summary = await world.finish();
					there.tell();
					for (const { page, broken, closed } of there.sockets) {
						if (!broken && closed === 1000) expect(page.sealed).toEqual(summary);
						if (!broken) expect(closed).not.toBeNull();
					}
				},
			),
			{ numRuns: 40, seed: 20261123 },
		);
	}, 60_000);
});

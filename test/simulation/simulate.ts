import { createHash } from "node:crypto";
import { readMigrations } from "../support/migrations.ts";
import { check, type Evidence } from "./checker.ts";
import type { Violation } from "./clauses.ts";
import { createD1 } from "./d1.ts";
import type { FaultKind, FaultLimits } from "./faults.ts";
import { beginWorld, endWorld } from "./globals.ts";
import { beginOutside, resume } from "./outside.ts";
import { hourMs } from "./settings.ts";
import type { PreparedDatabase } from "./storage.ts";
import { d1Triggers } from "./watch-triggers.ts";
import { World } from "./world.ts";

/** What became of one seed. */
export interface Outcome {
	readonly seed: number;
	/** Of everything that happened and of all rows in the end: two worlds with the same one were the same. */
	readonly hash: number;
	readonly events: number;
	readonly runs: number;
	readonly virtualMs: number;
	readonly faults: Readonly<Partial<Record<FaultKind, number>>>;
	readonly kinds: readonly FaultKind[];
	readonly recoveries: Readonly<Record<string, number>>;
	readonly violations: readonly Violation[];
	readonly lines: readonly string[];
}

/** How long after the bad days everything has to be in order, virtual hours. */
const fairHoursMax = 10;
const eventsMax = 60_000;
const minuteMs = 60_000;

/** What the log says when something was saved. */
const recoveryEvents = [
	"messages_recovered",
	"dead_letter_returned",
	"run_woken",
	"seal_failed",
	"send_failed",
	"planning_failed",
	"after_seal_failed",
	"start_failed",
	"slot_postponed",
	"delivery_failed",
	"incident_opened",
];

export type Inspect = (evidence: Evidence, world: World) => void | Promise<void>;

let emptyD1: PreparedDatabase | null = null;

/** D1 is emptied and used again: its statements are prepared once a process, not once a seed. */
export function takeD1(): PreparedDatabase {
	emptyD1 ??= createD1(readMigrations("drizzle/d1/migrations"), (database) =>
		database.sqlite.exec(d1Triggers),
	);
	emptyD1.empty();
	return emptyD1;
}

/** @param inspect sees a world at its end, and may change it: nobody looks at it afterwards */
export async function simulate(
	seed: number,
	limits: FaultLimits = {},
	traced = false,
	inspect: Inspect = () => undefined,
): Promise<Outcome> {
	const world = new World(seed, takeD1(), limits, traced);
	let rowsHash = 0;
	beginWorld(world.kernel);
	try {
		const evidence = await live(world);
		rowsHash = hashRows(world);
		if (evidence !== null) await inspect(evidence, world);
	} finally {
		endWorld();
	}
	for (const { storage } of world.coordinators.values()) storage.release();
	world.scheduler.storage.release();
	return {
		seed,
		hash: (world.kernel.hash ^ rowsHash) >>> 0,
		events: world.kernel.events,
		runs: world.coordinators.size,
		virtualMs: world.kernel.nowMs - world.settings.startMs,
		faults: Object.fromEntries(world.faults.counts),
		kinds: [...world.faults.rates.keys()],
		recoveries: Object.fromEntries(
			recoveryEvents.map((event) => [event, world.logged.get(event) ?? 0]),
		),
		violations: world.watch.violations,
		lines: world.kernel.lines ?? [],
	};
}

/** Of all rows that are left: in D1, the scheduler and the coordinators that are not forgotten. */
function hashRows({ d1, scheduler, coordinators }: World): number {
	const objects = [scheduler, ...coordinators.values()].filter(({ storage }) => !storage.isEmpty);
	const hash = createHash("sha1");
	for (const database of [d1.database, ...objects.map(({ storage }) => storage.database)]) {
		for (const name of database.tables) {
			hash.update(JSON.stringify(database.run(`SELECT * FROM ${name}`, []).rows));
		}
	}
	return hash.digest().readUInt32LE();
}

/** @returns what there is to say of it in the end; null when something was broken before */
async function live(world: World): Promise<Evidence | null> {
	const { chronicle, kernel, settings, watch } = world;
	beginOutside(world);
	kernel.at(settings.fairAtMs, "fair", () => {
		world.becomeFair();
		if (settings.resumesWhenFair) resume(world);
	});
	if (!(await liveUntilFinished(world, settings.fairAtMs))) return null;
	let nextSlotMs: number | null = null;
	if (settings.seesNextSlot) {
		// All is told and sealed: the schedule has to go on by itself, also after a pause that nobody ended.
		const pauses = settings.resumesWhenFair ? [] : chronicle.pauses.map(({ untilMs }) => untilMs);
		nextSlotMs = Math.ceil((Math.max(kernel.nowMs, ...pauses) + 1) / hourMs) * hourMs;
		const goodFromMs = nextSlotMs + settings.config.cronGraceMs + minuteMs;
		if (!(await liveUntilFinished(world, goodFromMs))) return null;
	}
	const evidence = { ...collectEvidence(world), nextSlotMs };
	check(evidence, watch.violated);
	return evidence;
}

/** @returns false when something is broken, or never ends */
export async function liveUntilFinished(world: World, fromMs: number): Promise<boolean> {
	const { kernel, watch } = world;
	const untilMs = fromMs + fairHoursMax * hourMs;
	let lookAtMs = fromMs;
	for (;;) {
		if (kernel.nextAtMs > lookAtMs) {
			if (findUnfinished(world).length === 0) return true;
			lookAtMs = kernel.nextAtMs + minuteMs;
		}
		if (kernel.nextAtMs > untilMs || kernel.events > eventsMax) {
			for (const what of findUnfinished(world)) watch.violated("unfinished", what);
			if (kernel.events > eventsMax) watch.violated("no-end", `${kernel.events} events`);
			return watch.violations.length === 0;
		}
		await kernel.step();
		for (const object of world.coordinators.values()) watch.afterEvent(object);
		if (watch.violations.length > 0) return false;
	}
}

/** Slots that must have their account by now: the newest one may still wait for its cron. */
function listExpectedSlots({ chronicle, scheduler, settings, kernel }: World): number[] {
	if (scheduler.storage.isEmpty || chronicle.scheduledSinceMs === null) return [];
	const slots: number[] = [];
	// By a clock that may be off.
	const sinceMs = chronicle.scheduledSinceMs + 3 * minuteMs;
	const firstMs = Math.ceil((sinceMs + 1) / hourMs) * hourMs;
	const lastMs = kernel.nowMs - settings.config.cronGraceMs - 5 * minuteMs;
	for (let atMs = firstMs; atMs <= lastMs; atMs += hourMs) slots.push(atMs);
	return slots;
}

const patienceMs = 35 * minuteMs;

function collectEvidence(world: World): Omit<Evidence, "nextSlotMs"> {
	const { coordinators, scheduler, settings, d1, chronicle, twitch } = world;
	const objects = [...coordinators.values()].filter(({ storage }) => !storage.isEmpty);
	// Where no alarm was dead when all got well, what is left of a run's time is enough for all that went wrong before.
	const fairRuns = objects
		.filter(({ name, storage }) => {
			const [run] = storage.database.rows<{ deadline_at_ms: number }>("SELECT * FROM run");
			const hasTime = (run?.deadline_at_ms ?? 0) >= settings.fairAtMs + patienceMs;
			return hasTime && !world.deadWhenFair.has(name) && !world.deadWhenFair.has(scheduler.name);
		})
		.map(({ name }) => name);
	return {
		database: d1.database,
		schedule: scheduler.storage.database,
		ledgers: objects.map(({ storage }) => ({
			database: storage.database,
			rowsBefore: storage.rowsBefore,
		})),
		told: twitch.told,
		chronicle,
		settings,
		slots: listExpectedSlots(world),
		fairRuns,
	};
}

/** What is still to come when nothing goes wrong any more; nothing, in the end. */
function findUnfinished(world: World): string[] {
	const { coordinators, scheduler, d1 } = world;
	const unfinished: string[] = [];
	for (const { name, storage } of coordinators.values()) {
		if (storage.isEmpty) continue;
		const [run] = storage.database.rows<{ state: string; is_done: number }>(
			`SELECT state, state = 'sealed' AND starts_after = '[]' AND seal_untold = 0 AS is_done FROM run`,
		);
		if (run !== undefined && run.is_done !== 1) unfinished.push(`${name} is ${run.state}`);
	}
	if (d1.underWay > 0) unfinished.push("a write to D1 is under way");
	for (const { run_id } of d1.database.rows("SELECT run_id FROM runs WHERE sealed_at_ms IS NULL")) {
		unfinished.push(`${run_id} is not sealed in D1`);
	}
	if (scheduler.storage.isEmpty) return [...unfinished, "there is no schedule"];
	const { database } = scheduler.storage;
	const decided = database
		.rows<{ at_ms: number }>("SELECT slot_at_ms AS at_ms FROM slots WHERE account <> 'due'")
		.map(({ at_ms }) => at_ms);
	for (const slotAtMs of listExpectedSlots(world)) {
		if (!decided.includes(slotAtMs)) unfinished.push(`slot ${slotAtMs} has no account`);
	}
	for (const { what } of database.rows(
		`SELECT 'incident ' || incident_id || ' is open' AS what FROM incidents WHERE closed_at_ms IS NULL
		UNION ALL SELECT channel || ' waits for ' || message_id FROM deliveries WHERE next_attempt_at_ms IS NOT NULL
		UNION ALL SELECT 'the run of slot ' || slot_at_ms || ' is not started' FROM slots
			WHERE run_id IS NOT NULL AND started_at_ms IS NULL AND account <> 'missed'
		UNION ALL SELECT run_id || ' is still watched' FROM runs WHERE next_look_at_ms IS NOT NULL`,
	)) {
		unfinished.push(String(what));
	}
	return unfinished;
}

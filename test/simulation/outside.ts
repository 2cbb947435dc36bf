import {
	type RunId,
	rootRunId,
	runIdForRequest,
	type TaskId,
	toJobName,
	toRunId,
} from "../../src/domain/ids.ts";
import type { RunRequest } from "../../src/domain/run.ts";
import { recordRunRequest } from "../../src/ledger/run-requests.ts";
import { listRunTaskIds } from "../../src/ledger/run-tasks.ts";
import { announceCron } from "../../src/schedule-proofs.ts";
import { Random } from "../support/twitch/random.ts";
import { hourMs } from "./settings.ts";
import type { World } from "./world.ts";

/** What comes to daicho from outside: the cron, visitors, operators. */
const job = toJobName("collect-clips");
const cron = "0 * * * *";
const minuteMs = 60_000;

export function beginOutside(world: World): void {
	const { kernel, settings } = world;
	const firstSlotMs = Math.ceil(settings.startMs / hourMs) * hourMs;
	kernel.at(settings.startMs, "deployed", () => visit(world));
	scheduleCron(world, firstSlotMs);
	if (settings.visitsMs > 0) scheduleVisits(world);
	scheduleOperator(world, new Random(world.seed, 5), 0);
}

function scheduleCron(world: World, slotAtMs: number): void {
	const { kernel, faults, random } = world;
	kernel.at(slotAtMs + random.below(2_000), `cron of ${new Date(slotAtMs).toISOString()}`, () => {
		scheduleCron(world, slotAtMs + hourMs);
		if (faults.strike("cron-dead")) return;
		const late = faults.of("cron-late");
		const lateMs = faults.strike("cron-late") ? late.below(late.pick([4, 50]) * minuteMs) : 0;
		const fire = () => void fireCron(world, slotAtMs);
		if (lateMs === 0) fire();
		else kernel.after(lateMs, "late cron", fire);
		if (faults.strike("cron-double")) {
			kernel.after(lateMs + faults.of("cron-double").below(10_000), "second cron", fire);
		}
	});
}

async function fireCron(world: World, slotAtMs: number): Promise<void> {
	const process = world.createProcess("cron");
	const controller = { cron, scheduledTime: slotAtMs } as ScheduledController;
	// The platform does not repeat a cron that failed.
	await announceCron(world.schedulerFor(process), controller, world.log).catch(() => undefined);
}

function scheduleVisits(world: World): void {
	const { kernel, settings } = world;
	kernel.after(settings.visitsMs, "visit", () => {
		visit(world);
		scheduleVisits(world);
	});
}

function visit(world: World): void {
	world
		.schedulerFor(world.createProcess("visitor"))
		.look()
		.catch(() => undefined);
}

/** Every few minutes of the bad days an operator may think of something. */
function scheduleOperator(world: World, random: Random, turn: number): void {
	const { kernel, faults } = world;
	kernel.after(random.between(1, 15) * minuteMs, "operator", () => {
		if (faults.over) return;
		scheduleOperator(world, random, turn + 1);
		if (faults.strike("operator-cancel")) cancel(world, random);
		if (faults.strike("operator-start")) void start(world, random, turn);
		if (faults.strike("operator-rerun")) void rerun(world, random, turn);
		if (faults.strike("operator-pause")) pause(world, random);
	});
}

function cancel(world: World, random: Random): void {
	const open = [...world.coordinators.keys()];
	const runId = open[random.below(Math.max(1, open.length))];
	if (runId === undefined) return;
	const coordinator = world.coordinatorsFor(world.createProcess("operator"))(runId);
	coordinator.cancel().catch(() => undefined);
	if (random.chance(0.5)) coordinator.cancel().catch(() => undefined);
}

function pause(world: World, random: Random): void {
	const scheduler = world.schedulerFor(world.createProcess("operator"));
	const untilMs = world.kernel.nowMs + random.between(5, 120) * minuteMs;
	scheduler.pause({ job, untilMs, reason: "simulated" }).catch(() => undefined);
	if (random.chance(0.5)) {
		const laterMs = random.between(1, 60) * minuteMs;
		world.kernel.after(laterMs, "operator resumes", () => resume(world));
	}
}

export function resume(world: World): void {
	world
		.schedulerFor(world.createProcess("operator"))
		.resume(job)
		.catch(() => undefined);
}

async function start(world: World, random: Random, turn: number): Promise<void> {
	const { broadcasterIds } = world.twitch;
	const taskIds = random.chance(0.5) ? null : (broadcasterIds.slice(0, 3) as unknown as TaskId[]);
	const nameRun = (atMs: number) => runIdForRequest(job, atMs);
	const request = { job, trigger: "manual", slotAtMs: null, rerunOf: null, window: null } as const;
	// Twice at once, with one key: that is one run.
	const asked = { ...request, taskIds };
	await Promise.all([
		startRequested(world, `start-${turn}`, { kind: "time", nameRun }, asked),
		startRequested(world, `start-${turn}`, { kind: "time", nameRun }, asked),
	]);
}

async function rerun(world: World, random: Random, turn: number): Promise<void> {
	const sealed = world.d1.database.rows<{ run_id: string; slot_at_ms: number | null }>(
		"SELECT run_id FROM runs WHERE sealed_at_ms IS NOT NULL AND job = 'collect-clips' ORDER BY run_id",
	);
	const found = sealed[random.below(Math.max(1, sealed.length))];
	if (found === undefined) return;
	const rerunOf = toRunId(found.run_id);
	const states = random.chance(0.5) ? (["failed", "lost"] as const) : null;
	const process = world.createProcess("operator");
	try {
		const taskIds = await listRunTaskIds(world.d1.reachedBy(process), rerunOf, states);
		if (taskIds.length === 0) return;
		const naming = { kind: "rerun", root: rootRunId(rerunOf) } as const;
		const request = {
			job,
			trigger: "rerun",
			slotAtMs: null,
			rerunOf,
			taskIds,
			window: null,
		} as const;
		await startRequested(world, `rerun-${turn}`, naming, request);
	} catch {
		// An operator who cannot reach D1 has started nothing.
	}
}

/** As the route does it: the key decides the run's id, and the coordinator is told. */
async function startRequested(
	world: World,
	requestKey: string,
	naming: Parameters<typeof recordRunRequest>[2],
	request: Omit<RunRequest, "runId">,
): Promise<void> {
	const process = world.createProcess("operator");
	const database = world.d1.reachedBy(process) as unknown as D1Database;
	const row = { requestKey, bodyHash: "same", requestedAtMs: world.kernel.nowMs };
	try {
		const recorded = await recordRunRequest(database, row, naming, {
			action: request.rerunOf === null ? "run.start" : "run.rerun",
			who: { name: "operator", role: "operator", via: "token" },
			subject: request.rerunOf ?? request.job,
			detail: {},
		});
		if (!recorded.ok) return;
		const runId: RunId = recorded.value;
		await world
			.coordinatorsFor(process)(runId)
			.start({ ...request, runId });
	} catch {
		// The platform answered with an error; this operator gives up.
	}
}

import {
	type RunId,
	rootRunId,
	runIdForRequest,
	runIdForSlot,
	type TaskId,
	toJobName,
	toRunId,
} from "../../src/domain/ids.ts";
import type { RunRequest } from "../../src/domain/run.ts";
import { type RunNaming, recordRunRequest } from "../../src/ledger/run-requests.ts";
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
	const { kernel, faults } = world;
	if (faults.draw("operator-cancel")) {
		const random = faults.of("operator-cancel");
		const laterMs = random.below(random.pick([2_000, 10_000, 5 * minuteMs]));
		const runId = runIdForSlot(job, slotAtMs);
		kernel.after(laterMs, "operator cancels", () => {
			if (world.coordinators.has(runId)) cancelRun(world, runId, random);
		});
	}
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
		if (faults.draw("operator-cancel")) cancel(world, random);
		if (faults.strike("operator-start")) void start(world, random, `start-${turn}`, false);
		if (faults.strike("operator-key-reused", 0.4))
			void start(world, random, `reused-${turn}`, true);
		if (faults.draw("operator-rerun")) void rerun(world, random, turn);
		if (faults.strike("operator-pause")) pause(world, random);
	});
}

/** Any run: for those that are closed it is too late, which is no fault. */
function cancel(world: World, random: Random): void {
	const known = [...world.coordinators.keys()];
	const runId = known[random.below(Math.max(1, known.length))];
	if (runId !== undefined) cancelRun(world, runId, random);
}

function cancelRun(world: World, runId: RunId, random: Random): void {
	const { storage } = world.coordinator(runId);
	const isOpen =
		!storage.isEmpty &&
		storage.database.rows("SELECT 1 FROM run WHERE state IN ('planning', 'running')").length > 0;
	if (isOpen && !world.faults.happens("operator-cancel")) return;
	const coordinator = world.coordinatorsFor(world.createProcess("operator"))(runId);
	coordinator.cancel().catch(() => undefined);
	if (random.chance(0.5)) coordinator.cancel().catch(() => undefined);
}

function pause(world: World, random: Random): void {
	const scheduler = world.schedulerFor(world.createProcess("operator"));
	const untilMs = world.kernel.nowMs + random.between(5, 75) * minuteMs;
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

/** @param isReused whether the key comes with another request, too */
async function start(world: World, random: Random, key: string, isReused: boolean): Promise<void> {
	const { broadcasterIds } = world.twitch;
	const some = broadcasterIds.slice(0, 3) as unknown as TaskId[];
	const naming = {
		kind: "time",
		nameRun: (atMs: number) => runIdForRequest(job, atMs),
	} as const;
	const request = { job, trigger: "manual", slotAtMs: null, rerunOf: null, window: null } as const;
	const whole = { ...request, taskIds: null };
	const part = { ...request, taskIds: some };
	const [asked, other] = random.chance(0.5) ? [whole, part] : [part, whole];
	// Twice at once, with one key: that is one run. Another request with that key is none at all.
	await Promise.all([
		startRequested(world, key, naming, asked),
		startRequested(world, key, naming, asked),
		...(isReused ? [startRequested(world, key, naming, other)] : []),
	]);
}

interface SealedRun {
	run_id: string;
	window_from_ms: number | null;
	window_to_ms: number | null;
}

async function rerun(world: World, random: Random, turn: number): Promise<void> {
	const sealed = world.d1.database.rows<SealedRun>(
		`SELECT run_id, window_from_ms, window_to_ms FROM runs
		WHERE sealed_at_ms IS NOT NULL AND job = 'collect-clips' ORDER BY run_id`,
	);
	const found = sealed[random.below(Math.max(1, sealed.length))];
	if (found === undefined) return;
	const rerunOf = toRunId(found.run_id);
	const scope = random.pick(["failed", "all", "selection"]);
	const process = world.createProcess("operator");
	try {
		const states = scope === "failed" ? (["failed", "lost"] as const) : null;
		const known = await listRunTaskIds(world.d1.reachedBy(process), rerunOf, states);
		const taskIds = scope === "selection" ? known.filter(() => random.chance(0.4)) : known;
		if (taskIds.length === 0 || !world.faults.happens("operator-rerun")) return;
		const naming = { kind: "rerun", root: rootRunId(rerunOf) } as const;
		const { window_from_ms: fromMs, window_to_ms: toMs } = found;
		const window = fromMs === null || toMs === null ? null : { fromMs, toMs };
		const request = { job, trigger: "rerun", slotAtMs: null, rerunOf, taskIds, window } as const;
		await startRequested(world, `rerun-${turn}`, naming, request);
	} catch {
		// An operator who cannot reach D1 has started nothing.
	}
}

/** What an operator is answered for a key, whoever asks again: a run, and for what. */
export function hearAnswer({ answers, watch }: World, requestKey: string, answer: string): void {
	const before = answers.get(requestKey) ?? answer;
	answers.set(requestKey, before);
	if (before !== answer) watch.violated("key-reused", `${requestKey}: ${before}, and ${answer}`);
}

/** As the route does it: the key decides the run's id, and the coordinator is told. */
async function startRequested(
	world: World,
	requestKey: string,
	naming: RunNaming,
	request: Omit<RunRequest, "runId">,
): Promise<void> {
	const process = world.createProcess("operator");
	const database = world.d1.reachedBy(process);
	const bodyHash = JSON.stringify([request.rerunOf, request.taskIds]);
	const row = { requestKey, bodyHash, requestedAtMs: world.kernel.nowMs };
	try {
		const recorded = await recordRunRequest(database, row, naming, {
			action: request.rerunOf === null ? "run.start" : "run.rerun",
			who: { name: "operator", role: "operator", via: "token" },
			subject: request.rerunOf ?? request.job,
			detail: {},
		});
		if (!recorded.ok) return;
		const runId: RunId = recorded.value;
		hearAnswer(world, requestKey, `${runId} for ${bodyHash}`);
		await world
			.coordinatorsFor(process)(runId)
			.start({ ...request, runId });
	} catch {
		// The platform answered with an error; this operator gives up.
	}
}

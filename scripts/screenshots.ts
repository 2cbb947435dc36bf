import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { schedulerObjectName } from "../durable-objects/run-scheduler/api.ts";
import { runIdForSlot, toJobName } from "../src/domain/ids.ts";
import { writeHistory } from "../test/browser/history.ts";
import { phone, settle, takeSession } from "../test/browser/looking.ts";
import { launchBrowser, openPage } from "../test/support/browser.ts";
import { adminToken, type Deployment, deploy } from "../test/support/deployment.ts";
import { startReceiver } from "../test/support/receiver.ts";
import { buildDashboard } from "./build-dashboard.ts";

/**
 * `npm run screenshots`: the pictures of the README, in docs/screenshots, from the built Worker. Two days of history
 * are written as rows; the newest run, which went wrong in part, is a real one against the simulated Twitch.
 */
const folder = join(import.meta.dirname, "../docs/screenshots");
const job = toJobName("collect-clips");
const hourMs = 3_600_000;
/** A run is over by then, so the newest slot has its result. */
const slotIsOverAfterMs = 120_000;
const startedAfterMs = 18_000;
const unreachable = [3, 12, 28, 41, 66, 77, 101, 118, 133, 149, 171, 188];

interface Shot {
	readonly name: string;
	readonly path: string;
	readonly context?: Parameters<Browser["newContext"]>[0];
	readonly height: number;
	/** What is done before the picture is taken. */
	readonly prepare?: (page: Page) => Promise<void>;
}

async function takeAll(): Promise<void> {
	await buildDashboard();
	mkdirSync(folder, { recursive: true });
	const told = await startReceiver();
	const deployment = await deploy(
		{ streamers: 200, latencyMs: 60 },
		{ DISCORD_WEBHOOK_URL: `${told.url}/discord`, HEARTBEAT_URL: `${told.url}/heartbeat` },
	);
	const browser = await launchBrowser();
	try {
		const slotAtMs = Math.floor((Date.now() - slotIsOverAfterMs) / hourMs) * hourMs;
		const runId = await runPartly(deployment, slotAtMs);
		const origin = new URL((await deployment.harness.listen()).url).origin;
		for (const shot of shotsOf(deployment, runId)) await take(browser, origin, shot);
	} finally {
		await browser.close();
		await deployment.close();
		await told.close();
	}
}

function shotsOf({ twitch }: Deployment, runId: string): Shot[] {
	const run = `/runs/${runId}`;
	const failed = twitch.streamers[unreachable[1] ?? 0]?.id;
	return [
		{ name: "home", path: "/", height: 960 },
		{ name: "run", path: run, height: 1280 },
		{ name: "matrix", path: "/matrix", height: 860 },
		{ name: "task", path: `${run}/tasks/${failed}`, height: 720 },
		{ name: "incidents", path: "/incidents", height: 980 },
		{ name: "home-phone", path: "/", context: phone, height: 900 },
		{ name: "run-phone", path: run, context: phone, height: 900 },
		{ name: "run-dark", path: run, context: { colorScheme: "dark" }, height: 1280 },
		{ name: "home-ja", path: "/", context: { locale: "ja-JP" }, height: 960 },
	];
}

async function take(browser: Browser, origin: string, shot: Shot): Promise<void> {
	const { name, path, height } = shot;
	const { viewport = { width: 1280, height: 900 } } = shot.context ?? {};
	const { page, context, problems } = await openPage(browser, {
		...shot.context,
		viewport: { width: viewport?.width ?? 1280, height },
	});
	await takeSession(page, origin, adminToken);
	await page.goto(origin + path);
	await settle(page);
	await page.evaluate("document.fonts.ready");
	await shot.prepare?.(page);
	const file = join(folder, `${name}.png`);
	await page.screenshot({ path: file, animations: "disabled" });
	await context.close();
	if (problems.length > 0) throw new Error(`${name}: ${problems.join("\n")}`);
	console.log(`${name}.png ${Math.round(statSync(file).size / 1024)} KB`);
}

/** The run of a slot that is a while ago, as if it had been started in time. */
async function runPartly(deployment: Deployment, slotAtMs: number): Promise<string> {
	const { twitch, worker } = deployment;
	const only = unreachable.map((place) => twitch.streamers[place]?.id ?? "");
	// Some hours before, all went well: most clips are known by now. That run's slot is part of the history.
	twitch.setNow(() => Date.now() - 4 * hourMs);
	await worker.scheduled({ cron: "0 * * * *", scheduledTime: new Date(slotAtMs - hourMs) });
	await deployment.sealed(runIdForSlot(job, slotAtMs - hourMs));
	await writeHistory(deployment, slotAtMs);
	twitch.setNow(Date.now);
	twitch.setFaults({ dead: { only }, "server-errors": true });
	await worker.scheduled({ cron: "0 * * * *", scheduledTime: new Date(slotAtMs) });
	const runId = runIdForSlot(job, slotAtMs);
	const { startedAt } = await deployment.sealed(runId);
	twitch.setFaults([]);
	await moveRun(deployment, runId, slotAtMs + startedAfterMs - Date.parse(startedAt));
	return runId;
}

async function moveRun(deployment: Deployment, runId: string, byMs: number): Promise<void> {
	const move = (text: string) =>
		text.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, (time) =>
			new Date(Date.parse(time) + byMs).toISOString(),
		);
	const [run] = await deployment.rows<{ summary: string }>(
		"SELECT summary FROM runs WHERE run_id = ?1",
		runId,
	);
	await deployment.rows(
		`UPDATE runs SET started_at_ms = started_at_ms + ?2, closed_at_ms = closed_at_ms + ?2,
			sealed_at_ms = sealed_at_ms + ?2, summary = ?3 WHERE run_id = ?1`,
		runId,
		byMs,
		move(run?.summary ?? ""),
	);
	const tasks = await deployment.rows<{ task_id: string; closed_at: string; attempts: string }>(
		"SELECT task_id, closed_at, attempts FROM run_tasks WHERE run_id = ?1",
		runId,
	);
	await deployment.rows(
		`UPDATE run_tasks SET closed_at = moved.value ->> 'closed_at', attempts = moved.value ->> 'attempts'
		FROM json_each(?2) AS moved WHERE run_id = ?1 AND task_id = moved.value ->> 'task_id'`,
		runId,
		move(JSON.stringify(tasks)),
	);
	const name = { name: schedulerObjectName };
	const schedule = await deployment.worker.getDurableObjectStorage("RUN_SCHEDULER", name);
	await schedule.exec(
		"UPDATE slots SET account = 'run', started_at_ms = started_at_ms + ? WHERE run_id = ?",
		byMs,
		runId,
	);
	await schedule.exec(
		"UPDATE runs SET started_at_ms = started_at_ms + ?, sealed_at_ms = sealed_at_ms + ? WHERE run_id = ?",
		byMs,
		byMs,
		runId,
	);
	await schedule.exec("DELETE FROM incidents WHERE kind = 'slot_late'");
	await schedule.exec(
		"UPDATE incidents SET opened_at_ms = opened_at_ms + ? WHERE closed_at_ms IS NULL",
		byMs,
	);
	await schedule.exec("UPDATE deliveries SET delivered_at_ms = delivered_at_ms + ?", byMs);
}

await takeAll();
process.exit(0);

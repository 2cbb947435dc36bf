import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
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
 * are written as rows; the newest run, which went wrong in part, is a real one against the simulated Twitch, and so is
 * the one that fills while its picture is taken. On Debian, Inter and Noto CJK are fonts-inter and fonts-noto-cjk.
 */
const folder = join(import.meta.dirname, "../docs/screenshots");
const job = toJobName("collect-clips");
const hourMs = 3_600_000;
/** Before a slot may have come by its cron, and after the next one may come, the newest is not the one of the pictures. */
const quietFromMs = 150_000;
const quietUntilMs = hourMs - 240_000;
const startedAfterMs = 18_000;
const unreachable = [3, 12, 28, 41, 66, 77, 101, 118, 133, 149, 171, 188];

/** Twitch's own trouble in both runs: who is gone, and a share of answers that are its fault. */
const trouble = (twitch: Deployment["twitch"]) =>
	({
		dead: { only: unreachable.map((place) => twitch.streamers[place]?.id ?? "") },
		"server-errors": true,
	}) as const;

interface Shot {
	readonly name: string;
	readonly path: string;
	/** Null for somebody who has not signed in. */
	readonly as?: null;
	readonly context?: Parameters<Browser["newContext"]>[0];
	/** CSS pixels; null for the whole page. */
	readonly height: number | null;
	/** What is done before the picture is taken. */
	readonly prepare?: (page: Page) => Promise<unknown>;
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
		const slotAtMs = await waitForQuietHour();
		const runId = await runPartly(deployment, slotAtMs);
		await pauseAndResume(deployment);
		const origin = new URL((await deployment.harness.listen()).url).origin;
		for (const shot of await shotsOf(deployment, runId)) await take(browser, origin, shot);
		await take(browser, origin, await startToWatch(deployment));
	} finally {
		await browser.close();
		await deployment.close();
		await told.close();
	}
}

/** @returns the newest slot, which stays it for long enough */
async function waitForQuietHour(): Promise<number> {
	for (let isTold = false; ; await sleep(1_000)) {
		const nowMs = Date.now();
		const sinceSlotMs = nowMs % hourMs;
		if (sinceSlotMs >= quietFromMs && sinceSlotMs <= quietUntilMs) return nowMs - sinceSlotMs;
		if (!isTold) console.log("waiting for the full hour to be over …");
		isTold = true;
	}
}

async function shotsOf({ api }: Deployment, runId: string): Promise<Shot[]> {
	const run = `/runs/${runId}`;
	const answer = await api(`/api/runs/${runId}/tasks?state=failed`);
	const { tasks } = (await answer.json()) as { tasks: { taskId: string; attempts: unknown[] }[] };
	// Of one that was tried again and again there is something to see of where its time went.
	const [failed] = tasks.toSorted((left, right) => right.attempts.length - left.attempts.length);
	const ask = async (page: Page) => {
		await page.keyboard.press("r");
		await page.getByText("Twitch points").waitFor();
	};
	return [
		// Each picture signs in, and stands there, too.
		{ name: "audit", path: "/audit", height: 460 },
		{ name: "sign-in", path: "/sign-in", as: null, height: 620 },
		{ name: "home", path: "/", height: 960 },
		{ name: "home-ja", path: "/", context: { locale: "ja-JP" }, height: 960 },
		{ name: "run", path: `${run}?state=failed`, height: null },
		{ name: "rerun", path: run, height: 620, prepare: ask },
		{ name: "task", path: `${run}/tasks/${failed?.taskId}`, height: 960 },
		{ name: "matrix", path: "/matrix", height: 860 },
		{ name: "incidents", path: "/incidents", height: 900 },
		{ name: "home-phone", path: "/", context: { ...phone, colorScheme: "dark" }, height: 900 },
		{ name: "run-phone", path: run, context: { ...phone, colorScheme: "dark" }, height: 900 },
	];
}

/** A run that is under way: its picture is taken when about half of it is done. */
async function startToWatch({ api, twitch }: Deployment): Promise<Shot> {
	twitch.setFaults(trouble(twitch));
	const headers = { "content-type": "application/json" };
	const init = { method: "POST", headers, body: JSON.stringify({ job }) };
	const { runId } = (await (await api("/api/runs", init)).json()) as { runId: string };
	return {
		name: "run-open",
		path: `/runs/${runId}`,
		height: 1180,
		prepare: (page) => page.getByText(/^Running: (9\d|1[0-7]\d) of/).waitFor(),
	};
}

/** Something for the audit page. */
async function pauseAndResume({ api }: Deployment): Promise<void> {
	const headers = { "content-type": "application/json" };
	const act = async (path: string, body: object) =>
		api(path, { method: "POST", headers, body: JSON.stringify(body) });
	await act("/api/schedule/pause", { job, reason: "moving D1 to another region" });
	await act("/api/schedule/resume", { job });
}

async function take(browser: Browser, origin: string, shot: Shot): Promise<void> {
	const { name, path, height } = shot;
	const { viewport = { width: 1280, height: 900 } } = shot.context ?? {};
	const { page, context, problems } = await openPage(browser, {
		...shot.context,
		viewport: { width: viewport?.width ?? 1280, height: height ?? 900 },
	});
	if (shot.as !== null) await takeSession(page, origin, adminToken);
	await page.goto(origin + path);
	// What is under way never settles.
	if (name !== "run-open") await settle(page);
	await page.evaluate("document.fonts.ready");
	await shot.prepare?.(page);
	const file = join(folder, `${name}.png`);
	await page.screenshot({ path: file, animations: "disabled", fullPage: height === null });
	await context.close();
	if (problems.length > 0) throw new Error(`${name}: ${problems.join("\n")}`);
	console.log(`${name}.png ${Math.round(statSync(file).size / 1024)} KB`);
}

/** The run of a slot that is a while ago, as if it had been started in time. */
async function runPartly(deployment: Deployment, slotAtMs: number): Promise<string> {
	const { twitch, worker } = deployment;
	// Some hours before, all went well: most clips are known by now. That run's slot is part of the history.
	twitch.setNow(() => Date.now() - 4 * hourMs);
	await worker.scheduled({ cron: "0 * * * *", scheduledTime: new Date(slotAtMs - hourMs) });
	await deployment.sealed(runIdForSlot(job, slotAtMs - hourMs));
	await writeHistory(deployment, slotAtMs);
	twitch.setNow(Date.now);
	twitch.setFaults(trouble(twitch));
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

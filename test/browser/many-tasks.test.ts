import { describe, expect, it } from "vitest";
import { percentile } from "./looking.ts";
import { setUpStage } from "./stage.ts";

/** A run of 10,000 tasks, while it goes on. */
const tasks = 10_000;
const framesMeasured = 120;
/** Half of the tasks have to be done meanwhile, on a machine that may be busy. */
const timeout = 180_000;
const stage = setUpStage(
	{ streamers: tasks },
	{ TASKS_PER_MESSAGE: "100", REQUESTS_PER_INVOCATION: "1000" },
);

/** The times between the next frames that the browser draws, milliseconds. */
const measuresFrames = `
	new Promise((resolve) => {
		const times = [];
		let last = performance.now();
		const next = (now) => {
			times.push(now - last);
			last = now;
			if (times.length < ${framesMeasured}) requestAnimationFrame(next);
			else resolve(times);
		};
		requestAnimationFrame(next);
	})
`;

interface Heard {
	readonly type: string;
	readonly bytes: number;
	readonly isPacked: boolean;
}

describe("a run of 10,000 tasks that is watched", () => {
	it("stays smooth while it fills, and no message is larger than 8 KB", { timeout }, async () => {
		const { page, deployment } = stage;
		const heard: Heard[] = [];
		page.on("websocket", (socket) =>
			socket.on("framereceived", ({ payload }) => {
				const text = String(payload);
				const { type, grid } = JSON.parse(text) as { type: string; grid?: object };
				const isPacked = grid !== undefined && "packed" in grid;
				heard.push({ type, bytes: Buffer.byteLength(text), isPacked });
			}),
		);
		// Nobody has clips, so that much changes in short time, and no neighbours in the grid end alike.
		const inOrder = deployment.twitch.streamers
			.map(({ id }, index) => ({ id, index }))
			.sort((a, b) => (a.id < b.id ? -1 : 1));
		for (const [place, { index }] of inOrder.entries()) {
			stage.answer([index], { status: place % 2 === 0 ? 200 : 404 });
		}
		const runId = await stage.start();
		await page.goto(`${stage.origin}/runs/${runId}`);
		await page.locator(".live.is-live").waitFor();
		await page.getByRole("heading", { name: /^Running: [\d,]+ of 10,000/ }).waitFor();
		await page.locator(".task-table tbody tr").first().waitFor();

		const byPlace = (await page.evaluate(measuresFrames)) as number[];
		await page.getByLabel("Failed first").check();
		await page.waitForURL(/order=attention/);
		const failedFirst = (await page.evaluate(measuresFrames)) as number[];
		expect(await page.locator("h1").textContent()).toMatch(/^Running/);

		// Who comes when most are done is told in the other writing.
		await page.getByRole("heading", { name: /^Running: [5-9],\d{3} of/ }).waitFor({ timeout });
		const before = heard.length;
		await page.reload();
		await page.getByRole("img", { name: /^A mark for each task: .*\d,\d{3} failed/ }).waitFor();
		await page.locator(".live.is-live").waitFor();
		await expect.poll(() => heard.slice(before).some(({ isPacked }) => isPacked)).toBe(true);

		const frames = { "by place": byPlace, "failed first": failedFirst };
		for (const [order, times] of Object.entries(frames)) {
			const [middle, p95] = [percentile(times, 50), percentile(times, 95)];
			process.stdout.write(
				`\n10,000 tasks ${order}: a frame takes ${middle.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms, ` +
					`most ${Math.max(...times).toFixed(1)} ms`,
			);
			expect(p95).toBeLessThan(100);
		}
		const snapshots = heard.filter(({ type }) => type === "snapshot");
		const bytes = heard.map((message) => message.bytes);
		process.stdout.write(
			`\n10,000 tasks: ${heard.length} messages of ${Math.max(...bytes)} bytes at most; snapshots: ` +
				`${snapshots.map((one) => `${one.bytes}${one.isPacked ? " packed" : ""}`).join(", ")}\n`,
		);
		expect(Math.max(...bytes)).toBeLessThanOrEqual(8_192);

		await deployment.api(`/api/runs/${runId}/cancel`, { method: "POST" });
		await page.getByRole("heading", { name: /^Stopped by an operator/ }).waitFor();
	});
});

import { expect, it } from "vitest";
import { setUpGround } from "./visits.ts";

/** What the first page says of a job before its first run is sealed, to whom it is of use. */
const ground = setUpGround({ streamers: 4 }, { REQUEST_TIMEOUT_SECONDS: "60" });
const { visit } = ground;
const none = "This job has not run yet.";
const due = /Its first run is due in /;
const told = { hasText: none };

async function act(path: string, body: object): Promise<void> {
	const headers = { "content-type": "application/json" };
	const init = { method: "POST", headers, body: JSON.stringify(body) };
	expect((await ground.deployment.api(path, init)).ok, path).toBe(true);
}

it("who may not start a run is not told to", async () => {
	const { page } = await visit("/", { as: "viewer" });
	const empty = page.locator(".entry .empty").filter(told);
	await empty.getByText(/^Its first run is due in [^.]+\.$/).waitFor();
	expect(await empty.textContent()).not.toMatch(/start/i);
});

it("in a pause no run is due, and one can be started by hand", async () => {
	await act("/api/schedule/pause", { job: "collect-clips", reason: "not yet" });
	const { page } = await visit("/");
	const empty = page.locator(".entry .empty").filter(told);
	await empty.getByText("Start one now to see its result here.").waitFor();
	expect(await empty.textContent()).not.toMatch(due);
	const { page: viewers } = await visit("/", { as: "viewer" });
	await viewers.locator(".due.paused").waitFor();
	const said = viewers.locator(".entry .empty").filter(told);
	await said.waitFor();
	expect(await said.locator("p").allTextContents()).toEqual([none]);
	await act("/api/schedule/resume", { job: "collect-clips" });
});

it("beside a run that is under way nothing is said of none, nor of the first", async () => {
	ground.deployment.twitch.respondWith(ground.streamer(0), { hang: true });
	const runId = await ground.start();
	const { page } = await visit("/");
	await page.locator(".open-run").waitFor();
	await page.getByRole("button", { name: "Start a run now" }).waitFor();
	await page.locator(".entry .loading").waitFor({ state: "detached" });
	expect(await page.getByText(none).count()).toBe(0);
	expect(await page.getByText(due).count()).toBe(0);
	ground.deployment.twitch.respondWith(ground.streamer(0), null);
	await act(`/api/runs/${runId}/cancel`, {});
});

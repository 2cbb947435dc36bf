import { beforeAll, expect, it } from "vitest";
import { findBarriers } from "../support/browser.ts";
import { makeRunsWithoutTasks, type RunsWithoutTasks } from "./no-tasks.ts";
import { setUpGround } from "./visits.ts";

/** What the page says of runs that have no tasks: why, and what can be done. */
const ground = setUpGround({ streamers: 4 });
const { visit } = ground;
let runs: RunsWithoutTasks;

beforeAll(async () => {
	runs = await makeRunsWithoutTasks(ground);
});

const tasksOf = (page: Awaited<ReturnType<typeof visit>>["page"]) =>
	page.locator("section[aria-labelledby=tasks] .empty");

it("a run whose planning failed is not said to have had no streamer, nor a task that failed", async () => {
	const { page } = await visit(`/runs/${runs.unplanned}`);
	await page.getByRole("heading", { name: "The run could not be planned." }).waitFor();
	await tasksOf(page).getByText("This run has no tasks.").waitFor();
	await tasksOf(page).getByText("It could not be planned.").waitFor();
	expect(await page.getByText("No streamer was enabled.").count()).toBe(0);
	const cause = page.locator(".cause");
	await cause.getByText("planning_failed", { exact: true }).waitFor();
	expect(await cause.textContent()).not.toMatch(/1 task\b/);
	expect(await cause.locator(".cause-count").textContent()).toBe("");
	expect(await findBarriers(page)).toEqual([]);
});

it("what can be done about it is what there is a button for", async () => {
	const { page } = await visit("/incidents");
	const incident = page.locator(".incident").filter({ hasText: "It could not be planned" });
	await incident.getByText("start another run on the ledger page").waitFor();
	expect(await incident.textContent()).not.toMatch(/re.run/);
	expect(await incident.locator(".evidence").textContent()).toMatch(
		/^The run could not be planned/,
	);
	await page.goto(`${ground.origin}/`);
	await page.locator(".alarm").getByText("start another run on the ledger page").waitFor();
	await page.getByRole("button", { name: "Start a run now" }).waitFor();
});

it("a rerun of a run without a time span does not say that it looks at the same", async () => {
	const ask = async (runId: string) => {
		const { page } = await visit(`/runs/${runId}`);
		await page.getByRole("button", { name: "Re-run all" }).click();
		return page.getByRole("dialog");
	};
	for (const runId of [runs.unplanned, runs.stopped]) {
		const dialog = await ask(runId);
		await dialog.getByText("this one looks at the time up to now").waitFor();
		expect(await dialog.getByText("the same time span").count()).toBe(0);
	}
	await (await ask(runs.empty)).getByText("It looks at the same time span").waitFor();
});

it("a run that was stopped before it was planned, and one of no streamers, say so", async () => {
	const { page } = await visit(`/runs/${runs.stopped}`);
	await page
		.getByRole("heading", { name: "Stopped by an operator before it was planned." })
		.waitFor();
	await tasksOf(page).getByText("It was stopped before it was planned.").waitFor();
	await page.goto(`${ground.origin}/runs/${runs.empty}`);
	await page.getByRole("heading", { name: "There was nothing to do." }).waitFor();
	await tasksOf(page).getByText("No streamer was enabled.").waitFor();
});

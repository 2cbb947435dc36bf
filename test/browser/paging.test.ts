import type { Page } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";
import { writeHistory } from "./history.ts";
import { setUpGround } from "./visits.ts";

/** From page to page of long lists, over two days of history. */
const ground = setUpGround({ streamers: 60 });
const { visit } = ground;
const hourMs = 3_600_000;
const focused = (page: Page) => page.evaluate("document.activeElement.textContent");

beforeAll(async () => {
	await writeHistory(ground.deployment, Math.floor(Date.now() / hourMs) * hourMs);
	const acts = Array.from({ length: 26 }, () => ["pause", "resume"]).flat();
	for (const act of acts) {
		await ground.deployment.api(`/api/schedule/${act}`, {
			method: "POST",
			headers: { "content-type": "application/json" },
			body: JSON.stringify({
				job: "collect-clips",
				...(act === "pause" ? { reason: "moving" } : {}),
			}),
		});
	}
});

describe("a page further on", () => {
	it.each([
		["/", ".run-table", "Older runs", "Newest runs", "Recent runs"],
		["/audit", ".audit-table", "Older", "Newest", "Audit"],
		["/matrix", ".matrix", "Next page", "Previous page", "Matrix"],
	])(
		"of %s is read from its top: the focus is on its heading",
		async (path, table, on, back, title) => {
			const { page } = await visit(path);
			const first = page.locator(`${table} tbody tr`).first();
			const newest = await first.innerText();
			for (const button of [on, back]) {
				await page.getByRole("button", { name: button }).focus();
				await page.keyboard.press("Enter");
				expect(await focused(page)).toBe(title);
				await page.getByRole("heading", { name: title, exact: true }).waitFor();
				if (button === on) await expect.poll(() => first.innerText()).not.toBe(newest);
				else await expect.poll(() => first.innerText()).toBe(newest);
				// Not half behind what stands at the top of the screen.
				const top = Number(
					await page.evaluate("document.activeElement.getBoundingClientRect().top"),
				);
				const head = Number(
					await page.evaluate("document.querySelector('header').getBoundingClientRect().bottom"),
				);
				expect(top).toBeGreaterThanOrEqual(head);
			}
		},
	);

	it("is left with Back, and a question that was open over it is closed", async () => {
		const { page } = await visit("/");
		const dialog = page.getByRole("dialog");
		await page.getByRole("button", { name: "Older runs" }).click();
		await page.getByRole("button", { name: "Start a run now" }).click();
		await dialog.getByRole("button", { name: "Start it" }).waitFor();
		await page.goBack();
		await page.waitForURL(`${ground.origin}/`);
		await dialog.waitFor({ state: "detached" });
	});
});

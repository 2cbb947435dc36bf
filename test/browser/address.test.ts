import { describe, expect, it } from "vitest";
import { setUpPartialRun } from "./partial-run.ts";

/** What one has chosen is in the address. */
const { ground, have: havePartialRun } = setUpPartialRun();
const { visit } = ground;

describe("what one has chosen", () => {
	it("is in the address: filter, search and order of a run survive a reload and Back", async () => {
		const run = `/runs/${await havePartialRun()}`;
		const { page } = await visit(run);
		await page.getByRole("button", { name: /^failed/ }).click();
		await page.getByRole("radio", { name: "Failed first" }).check();
		await page.getByRole("searchbox").fill(ground.streamer(19));
		const chosen = `${ground.origin}${run}?state=failed&order=attention&q=${ground.streamer(19)}`;
		await page.waitForURL(chosen);
		const rows = page.locator(".task-table tbody tr");
		const look = async () => {
			await rows.first().waitFor();
			expect(await rows.count()).toBe(1);
			expect(await page.getByRole("searchbox").inputValue()).toBe(ground.streamer(19));
			const pressed = page.getByRole("button", { pressed: true });
			expect(await pressed.textContent()).toContain("failed");
			expect(await page.getByRole("radio", { name: "Failed first" }).isChecked()).toBe(true);
		};
		await look();
		await page.reload();
		await look();
		await rows.getByRole("link").first().click();
		await page.waitForURL(/\/tasks\//);
		await page.getByRole("heading", { level: 1 }).waitFor();
		await page.goBack();
		await page.waitForURL(chosen);
		await look();
	});

	it("is in the address: the page of a table survives a reload and Back", async () => {
		const run = `/runs/${await havePartialRun()}`;
		const { page } = await visit(run);
		await page.getByRole("button", { name: "Next page" }).click();
		await page.waitForURL(`${ground.origin}${run}?page=2`);
		await page.getByText("26–50 of 60").waitFor();
		await page.reload();
		await page.getByText("26–50 of 60").waitFor();
		await page.locator(".task-table tbody a").first().click();
		await page.waitForURL(/\/tasks\//);
		await page.goBack();
		await page.getByText("26–50 of 60").waitFor();
	});

	it("is in the address: the verdict that the ledger is filtered by", async () => {
		await havePartialRun();
		const { page } = await visit("/?verdict=cancelled");
		await page.getByText("No run matches this filter. Choose another verdict.").waitFor();
		expect(await page.getByRole("combobox").inputValue()).toBe("cancelled");
	});
});

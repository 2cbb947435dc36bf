import { describe, expect, it } from "vitest";
import { setUpGround } from "./visits.ts";

/** What nobody has thought of: answers that cannot be drawn, and texts that look like something else. */
const ground = setUpGround({ streamers: 3 });
const { visit } = ground;

describe("an answer that cannot be drawn", () => {
	it("costs its own view, which says so; the others go on, and so does it with the next answer", async () => {
		const { page, problems } = await visit("/");
		const answers = "**/api/audit?*";
		await page.route(answers, (route) =>
			route.fulfill({
				json: {
					entries: [
						{
							id: "one",
							at: "no time at all",
							who: { name: "admin token", role: "operator" },
							action: "run.start",
							subject: "collect-clips",
							detail: {},
							result: null,
						},
					],
					nextCursor: null,
				},
			}),
		);
		await page.getByRole("link", { name: "Audit" }).click();
		const told = page.getByRole("alert");
		await told.getByText("This view cannot be shown.").waitFor();
		await told.getByText("RangeError").waitFor();
		await page.getByRole("link", { name: "Incidents" }).click();
		await page.getByText("Nothing is wrong.").waitFor();
		await page.goBack();
		await told.getByText("This view cannot be shown.").waitFor();

		await page.unroute(answers);
		await told.getByRole("button", { name: "Try now" }).click();
		await page.locator(".audit-table tbody tr").first().waitFor();
		await told.waitFor({ state: "detached" });
		// The console has what happened, for whoever mends it; nothing else was complained of.
		expect(problems.length).toBeGreaterThan(0);
		expect(problems.filter((problem) => !problem.includes("RangeError"))).toEqual([]);
		problems.length = 0;
	});
});

describe("a reason that looks like a time", () => {
	it("of no calendar stays the text that it is", async () => {
		const reason = "2026-13-01T00:00:00Z";
		for (const [act, body] of [
			["pause", { job: "collect-clips", reason }],
			["resume", { job: "collect-clips" }],
		] as const) {
			await ground.deployment.api(`/api/schedule/${act}`, {
				method: "POST",
				headers: { "content-type": "application/json" },
				body: JSON.stringify(body),
			});
		}
		const { page } = await visit("/audit");
		await page.locator(".audit-table").getByText(reason).waitFor();
	});
});

import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { settle } from "./looking.ts";
import { setUpPartialRun } from "./partial-run.ts";

/** How much is fetched by who comes for the first time, and how soon the verdict stands there. */
const { ground, have: havePartialRun } = setUpPartialRun();
const { visit } = ground;

describe("the first load of the ledger", () => {
	const rounds = 5;

	it("asks for at most 70 KB of script, and shows the verdict soon", async () => {
		await havePartialRun();
		const { page } = await visit("/");
		await settle(page);
		const scripts = (await page.evaluate(
			"performance.getEntriesByType('resource').map(({ name }) => name).filter((name) => name.endsWith('.js'))",
		)) as string[];
		let bytes = 0;
		for (const url of scripts) {
			bytes += gzipSync(Buffer.from(await (await fetch(url)).arrayBuffer()), { level: 9 }).length;
		}
		const paints: number[] = [];
		const verdicts: number[] = [];
		for (let round = 0; round < rounds; round += 1) {
			const { page: fresh, context } = await visit("/audit");
			await settle(fresh);
			// The session is kept, everything else is loaded as by somebody who comes for the first time.
			const cdp = await context.newCDPSession(fresh);
			await cdp.send("Network.clearBrowserCache");
			await fresh.addInitScript(notesVerdict);
			await fresh.goto(`${ground.origin}/`);
			await fresh.waitForFunction(() => "verdictAtMs" in globalThis);
			paints.push(
				Number(
					await fresh.evaluate(
						"performance.getEntriesByName('first-contentful-paint')[0]?.startTime",
					),
				),
			);
			verdicts.push(Number(await fresh.evaluate("globalThis.verdictAtMs")));
		}
		process.stdout.write(
			`\nfirst load: ${scripts.length} scripts, ${(bytes / 1024).toFixed(1)} KiB gzipped; ` +
				`first contentful paint ${middle(paints)} ms, verdict ${middle(verdicts)} ms ` +
				`(middle of ${rounds}: ${verdicts.map(Math.round).join(", ")})\n`,
		);
		expect(bytes).toBeLessThanOrEqual(70 * 1024);
		expect(middle(verdicts)).toBeLessThan(2_000);
	});
});

/** From the beginning of the navigation to the sentence that says how the last run was. */
const notesVerdict = `
	new MutationObserver(() => {
		if (globalThis.verdictAtMs !== undefined || !document.querySelector(".sentence")) return;
		requestAnimationFrame(() => { globalThis.verdictAtMs ??= performance.now(); });
	}).observe(document, { childList: true, subtree: true });
`;

function middle(figures: readonly number[]): number {
	return Math.round([...figures].sort((a, b) => a - b)[Math.floor(figures.length / 2)] ?? 0);
}

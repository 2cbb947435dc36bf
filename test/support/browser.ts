import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { findChromium } from "../../scripts/chromium.ts";

/** A real Chromium. It reaches loopback only. */
const flags = [
	"--no-sandbox",
	"--disable-gpu",
	"--disable-quic",
	"--no-first-run",
	"--disable-background-networking",
	"--disable-component-update",
	"--disable-sync",
];
const axeSource = readFileSync(
	createRequire(import.meta.url).resolve("axe-core/axe.min.js"),
	"utf8",
);
const axeRules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

export async function launchBrowser(): Promise<Browser> {
	const executablePath = findChromium();
	if (executablePath === null) throw new Error("there is no Chromium");
	return chromium.launch({ executablePath, args: flags });
}

/** A page whose errors and refusals by the Content-Security-Policy end up in `problems`. */
export async function openPage(
	browser: Browser,
	options: Parameters<Browser["newContext"]>[0] = {},
): Promise<{ context: BrowserContext; page: Page; problems: string[] }> {
	const context = await browser.newContext({
		viewport: { width: 1280, height: 900 },
		locale: "en-GB",
		timezoneId: "Asia/Tokyo",
		...options,
	});
	const page = await context.newPage();
	const problems: string[] = [];
	page.on("pageerror", (error) => problems.push(String(error.stack ?? error)));
	page.on("console", (message) => {
		// What a page shows of answers that are no success is its own affair; the browser writes these down, too.
		const isAnswer = /Failed to load resource|WebSocket connection/.test(message.text());
		if (message.type() === "error" && !isAnswer) problems.push(message.text());
	});
	return { context, page, problems };
}

/** What axe finds wrong by WCAG 2.2 AA, a line each: the rule, how bad, and where. */
export async function findBarriers(page: Page): Promise<string[]> {
	await page.evaluate(axeSource);
	return page.evaluate(async (rules) => {
		const { axe } = globalThis as unknown as {
			axe: {
				run(
					context: unknown,
					options: unknown,
				): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }>;
			};
		};
		const { violations } = await axe.run((globalThis as { document?: unknown }).document, {
			runOnly: rules,
		});
		return violations.flatMap(({ id, impact, nodes }) =>
			nodes.map(({ html }) => `${id} (${impact}): ${html.slice(0, 200)}`),
		);
	}, axeRules);
}

import type { Page } from "playwright-core";

/** Screens and pages, for tests and for the pictures of the README alike. */
export const phone = {
	viewport: { width: 360, height: 740 },
	deviceScaleFactor: 2,
	isMobile: true,
	hasTouch: true,
} as const;

/** As the form does it, without the form. */
export async function takeSession(page: Page, origin: string, token: string): Promise<void> {
	await page.goto(`${origin}/seal.svg`);
	const status = await page.evaluate(async (body) => {
		const headers = { "content-type": "application/json" };
		return (await fetch("/api/session", { method: "POST", headers, body })).status;
	}, JSON.stringify({ token }));
	if (status !== 200) throw new Error(`signing in was answered with ${status}`);
}

/** Resolves when nothing on the page is still being asked for. */
export async function settle(page: Page): Promise<void> {
	await page.waitForLoadState("networkidle");
	await page.locator(".loading").waitFor({ state: "detached" });
}

/** How many pixels of the page stand out of the screen to the right; 0 is as it should be. */
export async function measureOverflow(page: Page): Promise<number> {
	return Number(await page.evaluate("document.documentElement.scrollWidth - innerWidth"));
}

/** A dialog is hidden some milliseconds before the page is told that it was closed. */
export async function waitUntilClosed(page: Page): Promise<void> {
	await page.locator("dialog").waitFor({ state: "detached" });
}

/** The span of ascending figures that so many hundredths of them are within. */
export function percentile(figures: readonly number[], hundredth: number): number {
	const sorted = [...figures].sort((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * hundredth) / 100))] ?? 0;
}

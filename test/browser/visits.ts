import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { launchBrowser, openPage } from "../support/browser.ts";
import { adminToken, type Deployment, deploy } from "../support/deployment.ts";
import { takeSession } from "./looking.ts";

/** A deployment and a browser for a file of tests. */
export interface Ground {
	deployment: Deployment;
	origin: string;
	browser: Browser;
	/** Opens a page; all are closed after each test, and none may have complained. */
	visit(path: string, options?: VisitOptions): Promise<Visit>;
	/** The id of a streamer, who is a task. */
	streamer(index: number): string;
	/** Starts a run by the API, over all streamers or over some. */
	start(indexes?: readonly number[]): Promise<string>;
}

export interface VisitOptions {
	/** Signed in before the page is opened; null for nobody. */
	readonly as?: keyof typeof tokens | null;
	readonly context?: Parameters<Browser["newContext"]>[0];
}

export interface Visit {
	readonly page: Page;
	readonly context: BrowserContext;
	/** What the page and the browser complained of. */
	readonly problems: string[];
}

export const viewerToken = "a-viewer-token-of-the-tests";
const tokens = { operator: adminToken, viewer: viewerToken } as const;

/** The pages that have no run in their address. */
export const plainPages = ["/", "/matrix", "/incidents", "/audit"] as const;

export function setUpGround(
	twitch: Parameters<typeof deploy>[0] = {},
	vars: Record<string, string> = {},
	secrets: Record<string, string> = {},
): Ground {
	const visits: Visit[] = [];
	const ground: Ground = {
		deployment: undefined as unknown as Deployment,
		origin: "",
		browser: undefined as unknown as Browser,
		visit: async (path, { as = "operator", context = {} } = {}) => {
			const visit = await openPage(ground.browser, context);
			visits.push(visit);
			if (as !== null) await takeSession(visit.page, ground.origin, tokens[as]);
			await visit.page.goto(ground.origin + path);
			return visit;
		},
		streamer: (index) => {
			const streamer = ground.deployment.twitch.streamers[index];
			if (streamer === undefined) throw new Error(`there is no streamer ${index}`);
			return streamer.id;
		},
		start: async (indexes) => {
			const some = indexes === undefined ? {} : { taskIds: indexes.map(ground.streamer) };
			const answer = await ground.deployment.api("/api/runs", {
				method: "POST",
				headers: { "content-type": "application/json" },
				body: JSON.stringify({ job: "collect-clips", ...some }),
			});
			return ((await answer.json()) as { runId: string }).runId;
		},
	};
	beforeAll(async () => {
		ground.deployment = await deploy(twitch, { VIEWER_TOKEN: viewerToken, ...vars }, secrets);
		ground.origin = new URL((await ground.deployment.harness.listen()).url).origin;
		ground.browser = await launchBrowser();
	});
	afterAll(async () => {
		await ground.browser?.close();
		await ground.deployment?.close();
	});
	afterEach(async () => {
		const all = visits.splice(0);
		await Promise.all(all.map(({ context }) => context.close()));
		expect(
			all.flatMap(({ problems }) => problems),
			"errors of the page, and refusals by its policy",
		).toEqual([]);
	});
	return ground;
}

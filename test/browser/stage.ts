import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import { launchBrowser, openPage, signIn } from "../support/browser.ts";
import { adminToken, type Deployment, deploy } from "../support/deployment.ts";
import type { ScriptedReply } from "../support/twitch/scripted.ts";

/** A deployment and a browser for a file of tests, and a page for each of them, signed in as an operator. */
export interface Stage {
	deployment: Deployment;
	origin: string;
	browser: Browser;
	page: Page;
	/** The id of a streamer, who is a task. */
	streamer(index: number): string;
	/** What Twitch answers for some streamers, until the end of the test. */
	answer(indexes: readonly number[], reply: ScriptedReply | null): void;
	/** Starts a run by the API, over all streamers or over some. */
	start(indexes?: readonly number[]): Promise<string>;
	/** Requests of the page that are about to change something, as `POST /api/runs`. */
	readonly posted: string[];
}

export function setUpStage(...options: Parameters<typeof deploy>): Stage {
	const stage: Stage = {
		deployment: undefined as unknown as Deployment,
		origin: "",
		browser: undefined as unknown as Browser,
		page: undefined as unknown as Page,
		posted: [],
		streamer: (index) => {
			const streamer = stage.deployment.twitch.streamers[index];
			if (streamer === undefined) throw new Error(`there is no streamer ${index}`);
			return streamer.id;
		},
		answer: (indexes, reply) => {
			for (const index of indexes) {
				answered.add(stage.streamer(index));
				stage.deployment.twitch.respondWith(stage.streamer(index), reply);
			}
		},
		start: async (indexes) => {
			const some = indexes === undefined ? {} : { taskIds: indexes.map(stage.streamer) };
			const answer = await stage.deployment.api("/api/runs", {
				method: "POST",
				headers: { "content-type": "application/json" },
				body: JSON.stringify({ job: "collect-clips", ...some }),
			});
			return ((await answer.json()) as { runId: string }).runId;
		},
	};
	const answered = new Set<string>();
	let problems: string[] = [];

	beforeAll(async () => {
		stage.deployment = await deploy(...options);
		stage.origin = new URL((await stage.deployment.harness.listen()).url).origin;
		stage.browser = await launchBrowser();
	});
	afterAll(async () => {
		await stage.browser?.close();
		await stage.deployment?.close();
	});
	beforeEach(async () => {
		const opened = await openPage(stage.browser);
		({ page: stage.page, problems } = opened);
		await signIn(stage.page, stage.origin, adminToken);
		stage.posted.length = 0;
		stage.page.on("request", (request) => {
			// What only asks what would happen is no act.
			if (request.method() === "GET" || request.postData()?.includes("dryRun")) return;
			stage.posted.push(`${request.method()} ${new URL(request.url()).pathname}`);
		});
	});
	afterEach(async () => {
		await stage.page.context().close();
		for (const id of answered) stage.deployment.twitch.respondWith(id, null);
		answered.clear();
		expect(problems, "errors of the page, and refusals by its policy").toEqual([]);
	});
	return stage;
}

/** The span of ascending figures that so many hundredths of them are within. */
export function percentile(figures: readonly number[], hundredth: number): number {
	const sorted = [...figures].sort((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * hundredth) / 100))] ?? 0;
}

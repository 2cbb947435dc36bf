import type { Locator, Page } from "playwright-core";
import { afterEach, beforeEach } from "vitest";
import type { ScriptedReply } from "../support/twitch/scripted.ts";
import { type Ground, setUpGround } from "./visits.ts";

/** Ground for tests of what is done by the page: each has one, signed in as an operator. */
export interface Stage extends Ground {
	page: Page;
	/** What Twitch answers for some streamers, until the end of the test. */
	answer(indexes: readonly number[], reply: ScriptedReply | null): void;
	/** The streamers' indexes in the order in which their tasks are handed out. */
	inOrder(): number[];
	/** Requests of the page that are about to change something, as `POST /api/runs`. */
	readonly posted: string[];
}

export function setUpStage(...options: Parameters<typeof setUpGround>): Stage {
	const answered = new Set<string>();
	const stage: Stage = Object.assign(setUpGround(...options), {
		page: undefined as unknown as Page,
		posted: [],
		answer: (indexes: readonly number[], reply: ScriptedReply | null) => {
			for (const index of indexes) {
				answered.add(stage.streamer(index));
				stage.deployment.twitch.respondWith(stage.streamer(index), reply);
			}
		},
		inOrder: () => {
			const ids = stage.deployment.twitch.streamers.map(({ id }) => id);
			return ids.toSorted().map((id) => ids.indexOf(id));
		},
	});
	beforeEach(async () => {
		({ page: stage.page } = await stage.visit("/"));
		stage.posted.length = 0;
		stage.page.on("request", (request) => {
			// What only asks what would happen is no act.
			if (request.method() === "GET" || request.postData()?.includes("dryRun")) return;
			stage.posted.push(`${request.method()} ${new URL(request.url()).pathname}`);
		});
	});
	afterEach(() => {
		for (const id of answered) stage.deployment.twitch.respondWith(id, null);
		answered.clear();
	});
	return stage;
}

/** As by somebody who is not sure that the first click was taken: what it sends is not answered before the second one. */
export async function clickTwice(page: Page, button: Locator): Promise<void> {
	const { promise: bothMade, resolve } = Promise.withResolvers<void>();
	await page.route("**/api/**", async (route) => {
		if (route.request().method() === "POST") await bothMade;
		await route.fallback();
	});
	await button.dblclick();
	resolve();
}

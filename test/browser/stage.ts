import type { Page } from "playwright-core";
import { afterEach, beforeEach } from "vitest";
import type { ScriptedReply } from "../support/twitch/scripted.ts";
import { type Ground, setUpGround } from "./visits.ts";

/** Ground for tests of what is done by the page: each has one, signed in as an operator. */
export interface Stage extends Ground {
	page: Page;
	/** What Twitch answers for some streamers, until the end of the test. */
	answer(indexes: readonly number[], reply: ScriptedReply | null): void;
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

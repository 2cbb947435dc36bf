import type { Page } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";
import { runIdForSlot, toJobName } from "../../src/domain/ids.ts";
import { writeHistory } from "./history.ts";
import { settle, waitUntilClosed } from "./looking.ts";
import { plainPages, setUpGround } from "./visits.ts";

/** A reader of Japanese is not told a word of English, but for names, codes and what others said in quotes. */
const ground = setUpGround({ streamers: 60 });
const hourMs = 3_600_000;
const thisHour = Math.floor(Date.now() / hourMs) * hourMs;
const runOfSlot = (ago: number) =>
	runIdForSlot(toJobName("collect-clips"), thisHour - ago * hourMs);
let partial: string;

beforeAll(async () => {
	await writeHistory(ground.deployment, thisHour);
	const { twitch } = ground.deployment;
	twitch.respondWith(ground.streamer(7), { status: 404, body: '{"message":"Not found."}' });
	twitch.respondWith(ground.streamer(8), { status: 400, body: '{"message":"Bad id."}' });
	partial = await ground.start();
	await ground.deployment.sealed(partial);
	await act("/api/schedule/pause", { job: "collect-clips", reason: "D1を移しています" });
	await act("/api/schedule/resume", { job: "collect-clips" });
	await act(`/api/runs/${partial}/rerun`, { scope: "failed" });
});

async function act(path: string, body: object): Promise<void> {
	const headers = { "content-type": "application/json" };
	const init = { method: "POST", headers, body: JSON.stringify(body) };
	expect((await ground.deployment.api(path, init)).ok, path).toBe(true);
}

/** Words that are names: of products, units, jobs, settings. */
const names = new Set(
	"UTC Twitch D1 cron Cron Triggers ID daicho collect-clips Discord Webhook Cloudflare Worker RunScheduler ms".split(
		" ",
	),
);
/** What somebody else wrote: a streamer's name, an operator's reason, an address, an id. */
const isData = (word: string) =>
	names.has(word) || /^[A-Z][A-Z0-9_]+$/.test(word) || /^collect-clips-\d{8}T\d+Z/.test(word);

/** Latin words that are shown or read aloud, each with what is around it. */
async function findEnglish(page: Page, streamers: readonly string[]): Promise<string[]> {
	const texts = (await page.evaluate(`(() => {
		const texts = [];
		const isOthers = (element) => element.closest("code, kbd, q, option, [lang=en], .brand") !== null;
		const walk = document.createTreeWalker(document.querySelector("#ledger"), NodeFilter.SHOW_TEXT);
		while (walk.nextNode()) {
			if (!isOthers(walk.currentNode.parentElement)) texts.push(walk.currentNode.data);
		}
		for (const element of document.querySelectorAll("#ledger [aria-label], #ledger [title], #ledger [placeholder]")) {
			if (isOthers(element)) continue;
			for (const name of ["aria-label", "title", "placeholder"]) texts.push(element.getAttribute(name) ?? "");
		}
		return [document.title, ...texts];
	})()`)) as string[];
	return texts.filter((text) => {
		const own = streamers.reduce((rest, name) => rest.replaceAll(name, ""), text);
		const words = own.replace("moving D1 to another region", "").match(/[A-Za-z][\w-]+/g) ?? [];
		return !words.every((word) => isData(word) || /^[0-9a-f]+$/.test(word));
	});
}

describe("in Japanese", () => {
	it("every page says so, with all that unfolds and all that it asks", async () => {
		const { page } = await ground.visit("/", { context: { locale: "ja-JP" } });
		const streamers = ground.deployment.twitch.streamers
			.map(({ displayName }) => displayName)
			.sort((left, right) => right.length - left.length);
		const found: string[] = [];
		const look = async (where: string) => {
			found.push(...(await findEnglish(page, streamers)).map((text) => `${where}: ${text}`));
		};
		for (const path of [
			...plainPages,
			"/?verdict=failed",
			`/runs/${partial}?order=attention`,
			`/runs/${partial}?state=failed`,
			`/runs/${partial}/tasks/${ground.streamer(7)}`,
			`/runs/${runOfSlot(14)}`,
			`/runs/${runOfSlot(14)}/tasks/${ground.streamer(3)}`,
			`/runs/${runOfSlot(36)}?chart=missing`,
			`/runs/${runOfSlot(44)}?chart=clips`,
			"/runs/collect-clips-20200101T0000Z",
			"/matrix?q=nobody-at-all",
			"/nothing/here",
		]) {
			await page.goto(ground.origin + path);
			await page.getByRole("navigation", { name: "ページ" }).waitFor();
			await settle(page);
			expect(await page.locator("html").getAttribute("lang"), path).toBe("ja");
			await page.evaluate(
				"for (const one of document.querySelectorAll('details')) one.open = true",
			);
			await look(path);
		}

		await page.goto(ground.origin);
		const dialog = page.getByRole("dialog");
		const close = async () => {
			await page.keyboard.press("Escape");
			await waitUntilClosed(page);
		};
		await page.getByRole("button", { name: "今すぐ実行" }).click();
		await dialog.getByText("Twitchポイント").waitFor();
		await look("start");
		await close();
		await page.getByRole("button", { name: "スケジュールを一時停止" }).click();
		await dialog.getByRole("button", { name: "一時停止する" }).click();
		await dialog.getByText("理由をひとこと書いてください。").waitFor();
		await look("pause");
		// The moment, then its particle; behind it and not before.
		expect(await dialog.locator("p:has(time)").innerText()).toMatch(/UTC まで$/);
		await close();
		await page.keyboard.press("?");
		await dialog.waitFor();
		await look("keys");
		await close();
		await page.locator(".menu summary").click();
		expect(await page.locator(".signed-in .soft").innerText()).toMatch(/\d\d:\d\d まで$/);
		await page.goto(`${ground.origin}/runs/${partial}`);
		await page.getByRole("button", { name: "失敗した2件を再実行" }).click();
		await dialog.getByText("Twitchポイント").waitFor();
		await look("rerun");
		expect(found).toEqual([]);
	});

	it("a refusal is told in Japanese, and one that is not known is quoted", async () => {
		const { page } = await ground.visit("/", { context: { locale: "ja-JP" } });
		await page.route("**/api/schedule/pause", (route) =>
			route.fulfill({
				status: 400,
				json: { error: { code: "invalid_until", message: "until is …" } },
			}),
		);
		await page.getByRole("button", { name: "スケジュールを一時停止" }).click();
		const dialog = page.getByRole("dialog");
		await dialog.getByRole("textbox").fill("移設");
		await dialog.getByRole("button", { name: "一時停止する" }).click();
		await dialog.getByText("一時停止の終わりは、31日以内の未来の日時にしてください。").waitFor();
		await page.unroute("**/api/schedule/pause");
		await page.route("**/api/schedule/pause", (route) =>
			route.fulfill({ status: 409, json: { error: { code: "new_one", message: "Not today." } } }),
		);
		await page.keyboard.press("Escape");
		await waitUntilClosed(page);
		await page.getByRole("button", { name: "スケジュールを一時停止" }).click();
		await dialog.getByRole("textbox").fill("移設");
		await dialog.getByRole("button", { name: "一時停止する" }).click();
		await dialog.getByText("台帳に断られました：「Not today.」").waitFor();
	});
});

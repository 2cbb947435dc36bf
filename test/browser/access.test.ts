import { beforeAll, describe, expect, it } from "vitest";
import { adminToken } from "../support/deployment.ts";
import { settle } from "./looking.ts";
import { plainPages, setUpGround, viewerToken } from "./visits.ts";

/** Who gets in, by the form and out again, and what a viewer cannot do. */
const ground = setUpGround({ streamers: 12 }, { MAX_ATTEMPTS: "1" });
const { visit } = ground;
const attack = "<script>globalThis.struck = 1</script><img src=x onerror='globalThis.struck = 2'>";
let partial: string;

beforeAll(async () => {
	const attacked = ground.streamer(3);
	await ground.deployment.rows(
		"UPDATE streamers SET display_name = ?1 WHERE broadcaster_id = ?2",
		attack,
		attacked,
	);
	const body = JSON.stringify({ error: "Not Found", status: 404, message: attack });
	ground.deployment.twitch.respondWith(attacked, { status: 404, body });
	ground.deployment.twitch.respondWith(ground.streamer(5), { status: 404, body: "{}" });
	partial = await ground.start();
	await ground.deployment.sealed(partial);
	await ground.deployment.rows("UPDATE clips SET title = ?1", attack);
});

describe("signing in", () => {
	it("leads to where one wanted to go", async () => {
		const { page } = await visit("/matrix?q=rin", { as: null });
		await page.waitForURL(`${ground.origin}/sign-in?next=${encodeURIComponent("/matrix?q=rin")}`);
		await page.locator("#token:focus").waitFor();
		await page.keyboard.type(adminToken);
		await page.getByRole("button", { name: "Open the ledger" }).click();
		await page.waitForURL(`${ground.origin}/matrix?q=rin`);
		expect(await page.getByRole("searchbox").inputValue()).toBe("rin");
	});

	it.each([
		"//evil.example/",
		"https://evil.example/",
		"/\\evil.example",
		"/\t/evil.example",
		"javascript:alert(1)",
	])("leads to the ledger, and not to %s", async (next) => {
		const { page } = await visit(`/sign-in?next=${encodeURIComponent(next)}`, { as: null });
		await page.getByLabel("Token").fill(viewerToken);
		await page.keyboard.press("Enter");
		await page.waitForURL(`${ground.origin}/`);
	});

	it("with a wrong token says so, and the next try can be typed at once", async () => {
		const { page, context } = await visit("/sign-in", { as: null });
		const field = page.getByLabel("Token");
		await field.fill("not-the-token");
		await page.keyboard.press("Enter");
		await page
			.getByRole("alert")
			.filter({ hasText: "That is not a token of this daicho." })
			.waitFor();
		expect(await field.getAttribute("aria-invalid")).toBe("true");
		expect(new URL(page.url()).pathname).toBe("/sign-in");
		expect(await context.cookies()).toEqual([]);
		// What was typed is selected: typing replaces it.
		await page.keyboard.type(adminToken);
		await page.keyboard.press("Enter");
		await page.waitForURL(`${ground.origin}/`);
	});

	it("in a browser that keeps no cookie says so, and what to do", async () => {
		const { page, context } = await visit("/sign-in", { as: null });
		await page.route("**/api/session", async (route) => {
			if (route.request().method() !== "POST") return route.continue();
			const answer = await route.fetch();
			await context.clearCookies();
			const { "set-cookie": _dropped, ...headers } = answer.headers();
			return route.fulfill({ status: answer.status(), headers, body: await answer.text() });
		});
		await page.getByLabel("Token").fill(adminToken);
		await page.keyboard.press("Enter");
		await page.getByText("This browser did not keep the session.").waitFor();
		expect(new URL(page.url()).pathname).toBe("/sign-in");
		expect(await page.getByRole("button", { name: "Open the ledger" }).isEnabled()).toBe(true);
	});

	it("with nothing asks for the token, and sends nothing", async () => {
		const { page } = await visit("/sign-in", { as: null });
		const sent: string[] = [];
		page.on("request", (request) => sent.push(request.method()));
		await page.getByRole("button", { name: "Open the ledger" }).click();
		await page.getByText("Enter the token.").waitFor();
		expect(sent).not.toContain("POST");
	});

	it("gives a cookie that no script can read and no other site can send; the token is kept nowhere", async () => {
		const { page, context } = await visit("/sign-in", { as: null });
		await page.getByLabel("Token").fill(adminToken);
		await page.keyboard.press("Enter");
		await page.waitForURL(`${ground.origin}/`);
		const cookies = await context.cookies();
		expect(cookies).toMatchObject([
			{ name: "__Host-daicho", httpOnly: true, secure: true, sameSite: "Strict", path: "/" },
		]);
		expect(JSON.stringify(cookies)).not.toContain(adminToken);
		expect(await page.evaluate("document.cookie")).toBe("");
		const kept = "JSON.stringify({ ...localStorage, ...sessionStorage })";
		expect(await page.evaluate(kept)).not.toContain(adminToken);
		expect(page.url()).not.toContain(adminToken);
	});
});

describe("signing out", () => {
	it("asks again on every page, and what the cookie was is worth nothing", async () => {
		const { page, context } = await visit("/");
		await page.getByText("2 of 12 tasks did not succeed.").waitFor();
		const [before] = await context.cookies();
		const cookie = `${before?.name}=${before?.value}`;
		const ask = () => fetch(`${ground.origin}/api/runs`, { headers: { cookie } });
		expect((await ask()).status).toBe(200);

		await page.locator(".menu summary").click();
		await page.getByRole("button", { name: "Sign out" }).click();
		await page.waitForURL(`${ground.origin}/sign-in`);
		expect(await context.cookies()).toEqual([]);
		expect((await ask()).status).toBe(401);
		await page.goBack();
		await page.waitForURL(/\/sign-in/);
		expect(await page.getByText("did not succeed").count()).toBe(0);
		for (const path of [...plainPages, `/runs/${partial}`]) {
			await page.goto(ground.origin + path);
			await page.waitForURL(/\/sign-in/);
		}
	});

	it("that does not get through says that one is still signed in, and works when tried again", async () => {
		const { page, context } = await visit("/");
		await page.locator(".last .sentence").waitFor();
		await page.locator(".menu summary").click();
		const out = page.getByRole("button", { name: "Sign out" });
		const told = page.locator(".menu").getByRole("alert");
		const error = { code: "unavailable", message: "Not now.", requestId: "r" };
		for (const [answer, why] of [
			["abort", "No connection to the ledger."],
			["503", "The ledger could not answer."],
		] as const) {
			await page.route("**/api/session", (route) => {
				if (route.request().method() !== "DELETE") return route.continue();
				return answer === "abort" ? route.abort() : route.fulfill({ status: 503, json: { error } });
			});
			await out.click();
			await told.filter({ hasText: why }).getByText("You are still signed in.").waitFor();
			expect(new URL(page.url()).pathname).toBe("/");
			expect(await context.cookies()).toHaveLength(1);
			await page.unroute("**/api/session");
		}
		await out.click();
		await page.waitForURL(`${ground.origin}/sign-in`);
	});

	it("of who was let in by Cloudflare Access leads to where one signs out there", async () => {
		const { page } = await visit("/");
		await page.locator(".last .sentence").waitFor();
		await page.route("**/api/session", (route) => {
			if (route.request().method() !== "DELETE") return route.continue();
			const error = { code: "access_session", message: "Sign out there.", requestId: "r" };
			return route.fulfill({ status: 409, json: { error } });
		});
		await page.route("**/cdn-cgi/access/logout", (route) => route.fulfill({ body: "signed out" }));
		await page.locator(".menu summary").click();
		await page.getByRole("button", { name: "Sign out" }).click();
		const link = page.getByRole("link", { name: "Cloudflare Access let you in. Sign out there" });
		await link.click();
		await page.getByText("signed out", { exact: true }).waitFor();
		expect(new URL(page.url()).pathname).toBe("/cdn-cgi/access/logout");
	});

	it("elsewhere ends this page's session, too: it says so, and goes on where one was", async () => {
		const { page, context } = await visit(`/runs/${partial}?state=failed`);
		await page.getByRole("heading", { level: 1 }).waitFor();
		await context.clearCookies();
		await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
		await page.getByText("Your session has ended.").waitFor();
		await page.getByLabel("Token").fill(adminToken);
		await page.keyboard.press("Enter");
		await page.waitForURL(`${ground.origin}/runs/${partial}?state=failed`);
		await page.getByRole("heading", { name: "2 of 12 tasks did not succeed." }).waitFor();
	});
});

describe("a viewer", () => {
	const acts = /re-run|start|pause|resume|cancel|stop/i;

	it("sees everything and no button that acts, and no key acts either", async () => {
		const { page } = await visit("/", { as: "viewer" });
		for (const path of [...plainPages, `/runs/${partial}`]) {
			await page.goto(ground.origin + path);
			await page.getByRole("navigation", { name: "Pages" }).waitFor();
			await settle(page);
			expect(await page.getByRole("button", { name: acts }).allTextContents(), path).toEqual([]);
			for (const key of ["r", "s", "c"]) await page.keyboard.press(key);
			expect(await page.getByRole("dialog").count(), path).toBe(0);
		}
		await page.getByText("You can look but not act").waitFor();
		expect(await page.locator(".task-table input").count()).toBe(0);
		expect(await page.getByText("twitch_not_found").count()).toBeGreaterThan(0);
	});

	it("is told how to act: signed in by a token, or let in by Cloudflare Access", async () => {
		const { page } = await visit(`/runs/${partial}`, { as: "viewer" });
		await page.getByText("To act, sign out, and in again with the ADMIN_TOKEN.").waitFor();
		await page.route("**/api/session", async (route) => {
			const answer = await route.fetch();
			return route.fulfill({ json: { ...(await answer.json()), via: "access" } });
		});
		await page.reload();
		await page.getByText("who may act is named in the variable ACCESS_OPERATORS").waitFor();
		expect(await page.getByText("ADMIN_TOKEN").count()).toBe(0);
	});

	it("is refused when asking anyway", async () => {
		const { page } = await visit("/", { as: "viewer" });
		const runs = "SELECT count(*) AS runs FROM runs";
		const before = await ground.deployment.rows(runs);
		for (const [path, body] of [
			["/api/runs", { job: "collect-clips" }],
			[`/api/runs/${partial}/rerun`, { scope: "failed" }],
			[`/api/runs/${partial}/rerun`, { scope: "failed", dryRun: true }],
			[`/api/runs/${partial}/cancel`, undefined],
			["/api/schedule/pause", { job: "collect-clips", reason: "why not" }],
			["/api/schedule/resume", { job: "collect-clips" }],
		] as const) {
			const answer = await page.evaluate(
				async ([to, text]) => {
					const headers = { "content-type": "application/json" };
					const sent = text === undefined ? {} : { body: text };
					const got = await fetch(to, { method: "POST", headers, ...sent });
					const { error } = (await got.json()) as { error: { code: string } };
					return { status: got.status, code: error.code };
				},
				[path, body === undefined ? undefined : JSON.stringify(body)] as const,
			);
			expect(answer, path).toEqual({ status: 403, code: "operators_only" });
		}
		expect(await ground.deployment.rows(runs)).toEqual(before);
	});
});

describe("a <script> in what others wrote", () => {
	it("stays text on every page: a streamer's name, Twitch's answer, a clip's title, a reason", async () => {
		await ground.deployment.api("/api/schedule/pause", {
			method: "POST",
			headers: { "content-type": "application/json" },
			body: JSON.stringify({ job: "collect-clips", reason: attack }),
		});
		const { page } = await visit("/");
		const seen: string[] = [];
		for (const path of [
			...plainPages,
			`/matrix?q=${encodeURIComponent("<script>")}`,
			`/runs/${partial}`,
			`/runs/${partial}?state=failed&q=${encodeURIComponent("<script>")}`,
			`/runs/${partial}/tasks/${ground.streamer(3)}`,
			`/runs/${encodeURIComponent(attack)}`,
			`/runs/${partial}/tasks/${encodeURIComponent(attack)}`,
		]) {
			await page.goto(ground.origin + path);
			await page.locator("#content").waitFor();
			await settle(page);
			const injected =
				"document.querySelectorAll('#ledger script, #ledger img, #ledger iframe').length";
			expect(await page.evaluate(injected), path).toBe(0);
			expect(await page.evaluate("globalThis.struck ?? null"), path).toBeNull();
			if ((await page.locator("#content").textContent())?.includes("<script>")) seen.push(path);
			const title = await page.title();
			expect(title, path).not.toBe("");
		}
		// It was there to be misread, not left out: by its name, its error, and the pause's reason.
		expect(seen).toContain("/");
		expect(seen).toContain("/matrix");
		expect(seen).toContain("/audit");
		expect(seen).toContain(`/runs/${partial}`);
		expect(seen).toContain(`/runs/${partial}/tasks/${ground.streamer(3)}`);
	});
});

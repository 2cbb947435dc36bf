import { describe, expect, it } from "vitest";
import { findBarriers } from "../support/browser.ts";
import { adminToken } from "../support/deployment.ts";
import { setUpGround } from "./visits.ts";

/** A deployment that lacks something, or has something wrong: the page says what, to whom it is told. */
const notConfigured = {
	"en-GB": "Nobody can sign in yet: set the secret ADMIN_TOKEN.",
	"ja-JP": "まだ誰もサインインできません。シークレット ADMIN_TOKEN を設定してください。",
} as const;

describe("without the ADMIN_TOKEN", () => {
	const { visit } = setUpGround({ streamers: 2 }, { VIEWER_TOKEN: "" }, { ADMIN_TOKEN: "" });

	it.each(["en-GB", "ja-JP"] as const)("the page says to set it, in %s", async (locale) => {
		const { page } = await visit("/", { as: null, context: { locale } });
		const told = page.locator("#content [role=alert]");
		await told.getByText(notConfigured[locale]).waitFor();
		// A thing to set is nothing to look for in the logs.
		expect(await told.locator("code").count()).toBe(0);
		expect(await findBarriers(page)).toEqual([]);
	});

	it("signing in says so before a token is typed, and again when one is sent", async () => {
		const { page } = await visit("/sign-in", { as: null });
		await page.locator(".note").getByText(notConfigured["en-GB"]).waitFor();
		expect(await findBarriers(page)).toEqual([]);
		await page.getByLabel("Token").fill(adminToken);
		await page.keyboard.press("Enter");
		await page.getByRole("alert").getByText(notConfigured["en-GB"]).waitFor();
		expect(await page.getByText(notConfigured["en-GB"]).count()).toBe(1);
	});
});

describe("while nobody can say whom Cloudflare Access let in", () => {
	const { visit } = setUpGround({ streamers: 2 });

	it("the page leads to the sign-in with a token, and from there back", async () => {
		const { page } = await visit("/sign-in", { as: null });
		const error = { code: "access_unverifiable", message: "Not now.", requestId: "r" };
		await page.route("**/api/**", (route) =>
			route.request().method() === "POST"
				? route.continue()
				: route.fulfill({ status: 503, json: { error } }),
		);
		await page.goto(new URL("/matrix?q=rin", page.url()).href);
		const told = page.locator("#content [role=alert]");
		await told.getByText("Cloudflare Access cannot be checked just now.").waitFor();
		await told.getByRole("link", { name: "Sign in" }).click();
		await page.locator(".note").getByText("Cloudflare Access cannot be checked").waitFor();
		await page.unroute("**/api/**");
		await page.getByLabel("Token").fill(adminToken);
		await page.keyboard.press("Enter");
		await page.waitForURL(/\/matrix\?q=rin$/);
	});
});

describe("with a var that is wrong", () => {
	const { visit } = setUpGround({ streamers: 2 }, { RUN_DEADLINE_MINUTES: "soon" });
	const told =
		/This deployment is not configured rightly: RUN_DEADLINE_MINUTES is "soon"; it must be /;

	it("the page says which to whom is let in", async () => {
		const extraHTTPHeaders = { authorization: `Bearer ${adminToken}` };
		const { page } = await visit("/", { as: null, context: { extraHTTPHeaders } });
		await page.locator("#content [role=alert]").getByText(told).waitFor();
	});

	it("signing in says which to who has a token, and nothing of it to anybody else", async () => {
		const { page } = await visit("/sign-in", { as: null });
		const field = page.getByLabel("Token");
		await field.fill("not-the-token");
		await page.keyboard.press("Enter");
		await page.getByRole("alert").getByText("That is not a token of this daicho.").waitFor();
		expect(await page.getByText("RUN_DEADLINE_MINUTES").count()).toBe(0);
		await field.fill(adminToken);
		await page.keyboard.press("Enter");
		await page.getByRole("alert").getByText(told).waitFor();
		expect(new URL(page.url()).pathname).toBe("/sign-in");
	});
});

import { describe, expect, it } from "vitest";
import { readCredentials } from "../../../src/auth/credentials.ts";
import { readConfig } from "../../../src/config.ts";

/** Who may get in, as it is configured: what is half said lets nobody in. */
const access = {
	ACCESS_TEAM_DOMAIN: "our-team.cloudflareaccess.com",
	ACCESS_AUD: "b1946ac92492d2347c6235b4d2611184b1946ac92492d2347c6235b4d2611184",
};

describe("Cloudflare Access", () => {
	it("is on with both, and names nobody an operator by itself", () => {
		for (const domain of [access.ACCESS_TEAM_DOMAIN, `https://${access.ACCESS_TEAM_DOMAIN}/`]) {
			const { credentials, problems } = readCredentials({ ...access, ACCESS_TEAM_DOMAIN: domain });
			expect(problems).toEqual([]);
			expect(credentials.access).toEqual({
				teamDomain: "our-team.cloudflareaccess.com",
				audience: access.ACCESS_AUD,
				operators: new Set(),
			});
		}
	});

	it("has the operators that are listed, however they are written", () => {
		const operators = " Hana@Example.com,, deploy.access ,";
		const { credentials } = readCredentials({ ...access, ACCESS_OPERATORS: operators });
		expect(credentials.access?.operators).toEqual(new Set(["hana@example.com", "deploy.access"]));
	});

	it.each([
		["without an audience", { ACCESS_AUD: "" }, "ACCESS_AUD is not"],
		["without a team", { ACCESS_TEAM_DOMAIN: undefined }, "ACCESS_TEAM_DOMAIN is not"],
		["with a path for a team", { ACCESS_TEAM_DOMAIN: "a.b/c" }, "ACCESS_TEAM_DOMAIN must be"],
		["with a team by http", { ACCESS_TEAM_DOMAIN: "http://a.com" }, "ACCESS_TEAM_DOMAIN must be"],
		["with an audience that is none", { ACCESS_AUD: "short" }, "ACCESS_AUD must be"],
	])("%s is off, and the configuration says why", (_, change, says) => {
		const vars = { ...access, ...change };
		const { credentials, problems } = readCredentials(vars);
		expect(credentials.access).toBeUndefined();
		expect(problems.join("; ")).toContain(says);
		expect(readConfig(vars)).toMatchObject({ ok: false });
	});

	it("that is off and has operators is a mistake", () => {
		const { problems } = readCredentials({ ACCESS_OPERATORS: "hana@example.com" });
		expect(problems).toEqual([expect.stringContaining("ACCESS_OPERATORS is set; it needs")]);
	});
});

describe("the tokens", () => {
	it("that are the same would let viewers act, so neither is a viewer's", () => {
		const { credentials, problems } = readCredentials({
			ADMIN_TOKEN: "hush",
			VIEWER_TOKEN: "hush",
		});
		expect(credentials.viewerToken).toBeUndefined();
		expect(problems).toEqual([expect.stringContaining("VIEWER_TOKEN is the same as ADMIN_TOKEN")]);
		expect(problems.join()).not.toContain("hush");
	});

	it("that are empty are none", () => {
		const { credentials, problems } = readCredentials({ ADMIN_TOKEN: "", VIEWER_TOKEN: " " });
		expect(credentials).toEqual({
			adminToken: undefined,
			viewerToken: undefined,
			access: undefined,
		});
		expect(problems).toEqual([]);
	});
});

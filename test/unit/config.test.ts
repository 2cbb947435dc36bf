import { describe, expect, it } from "vitest";
import { readConfig } from "../../src/config.ts";

const aSecret = `whsec_${"A".repeat(43)}=`;

describe("the configuration", () => {
	it("has a default for every knob, those of the design", () => {
		expect(readConfig({})).toMatchObject({
			ok: true,
			value: {
				tasksPerMessage: 12,
				messagesInFlight: 40,
				leaseMs: 120_000,
				queuedMs: 90_000,
				runDeadlineMs: 3_000_000,
				maxAttempts: 4,
				requestTimeoutMs: 10_000,
				requestsPerInvocation: 45,
				clipWindowHours: 24,
				coordinatorRetentionMs: 604_800_000,
				taskRetentionMs: 2_592_000_000,
				cronGraceMs: 120_000,
				toleratedFailurePercent: 5,
				language: "en",
				publicUrl: undefined,
				discordWebhookUrl: undefined,
				webhookUrl: undefined,
				heartbeatUrl: undefined,
				twitchApiUrl: "https://api.twitch.tv/helix",
				twitchAuthUrl: "https://id.twitch.tv/oauth2",
			},
		});
	});

	it("takes numbers as text or as numbers, and URLs with their path", () => {
		const vars = {
			LEASE_SECONDS: "30",
			MAX_ATTEMPTS: 2,
			TWITCH_API_URL: "http://127.0.0.1:9000/mock/helix/",
		};
		expect(readConfig(vars)).toMatchObject({
			ok: true,
			value: { leaseMs: 30_000, maxAttempts: 2, twitchApiUrl: "http://127.0.0.1:9000/mock/helix" },
		});
	});

	it.each([
		["LEASE_SECONDS", "soon", "a whole number of seconds from 20 to 900"],
		["LEASE_SECONDS", "19", "a whole number of seconds from 20 to 900"],
		["TASKS_PER_MESSAGE", "1.5", "a whole number of tasks from 1 to 100"],
		["MAX_ATTEMPTS", "-1", "a whole number of attempts from 1 to 20"],
		["MAX_ATTEMPTS", null, "a whole number of attempts from 1 to 20"],
		["RUN_DEADLINE_MINUTES", 1e9, "a whole number of minutes from 1 to 1440"],
		["TWITCH_API_URL", "api.twitch.tv", "a URL with its path"],
		["TWITCH_AUTH_URL", "ftp://id.twitch.tv", "a URL with its path"],
		["TWITCH_API_URL", "https://a.b/?q=1", "a URL with its path"],
		["CRON_GRACE_SECONDS", "4", "a whole number of seconds from 5 to 1800"],
		["CRON_GRACE_SECONDS", "3600", "a whole number of seconds from 5 to 1800"],
		["TOLERATED_FAILURE_PERCENT", "101", "a whole number of percent from 0 to 100"],
		["LANGUAGE", "fr", "one of en, ja"],
		["PUBLIC_URL", "daicho.dev", "a URL with its path"],
	])("names a wrong var, its value and what it may be: %s = %j", (name, value, allowed) => {
		const config = readConfig({ [name]: value });
		if (config.ok) throw new Error("accepted");
		expect(config.error).toHaveLength(1);
		expect(config.error[0]).toContain(`${name} is ${JSON.stringify(value)}`);
		expect(config.error[0]).toContain(allowed);
	});

	it("does not show what may be a secret in the wrong place", () => {
		const secret = "hush".repeat(8);
		const wrong = {
			LEASE_SECONDS: secret,
			TWITCH_API_URL: secret,
			TWITCH_AUTH_URL: "https://u:hush@a.b",
		};
		const config = readConfig(wrong);
		if (config.ok) throw new Error("accepted");
		expect(config.error).toEqual([
			expect.stringContaining("LEASE_SECONDS is a value of 32 characters; it must be"),
			expect.stringContaining("TWITCH_API_URL is a value of 32 characters; it must be"),
			expect.stringContaining("TWITCH_AUTH_URL is a URL with a user name or password; it must be"),
		]);
		expect(JSON.stringify(config)).not.toContain("hush");
	});

	it("says of an address that is a secret how long it is, and no more", () => {
		for (const name of ["DISCORD_WEBHOOK_URL", "WEBHOOK_URL", "HEARTBEAT_URL"]) {
			const config = readConfig({ [name]: "discord.com/hush", WEBHOOK_SECRET: aSecret });
			if (config.ok) throw new Error("accepted");
			expect(config.error).toEqual([
				expect.stringContaining(`${name} is a value of 16 characters; it must be a URL`),
			]);
		}
	});

	it.each([
		["none", {}],
		["one that is too short", { WEBHOOK_SECRET: "whsec_aHVzaA==" }],
		["one of another form", { WEBHOOK_SECRET: "hush".repeat(10) }],
	])("a webhook needs a secret to sign with, and refuses %s", (_, secret) => {
		const config = readConfig({ WEBHOOK_URL: "https://example.com/hook", ...secret });
		if (config.ok) throw new Error("accepted");
		expect(config.error).toEqual([expect.stringMatching(/^WEBHOOK_SECRET must be whsec_/)]);
		expect(JSON.stringify(config)).not.toMatch(/hush|aHVzaA/);
	});

	it("takes who is told, in which language, and where it is reached", () => {
		const config = readConfig({
			DISCORD_WEBHOOK_URL: "https://discord.com/api/webhooks/1/x",
			WEBHOOK_URL: "https://example.com/hook?key=x",
			WEBHOOK_SECRET: aSecret,
			HEARTBEAT_URL: "https://hc-ping.com/uuid",
			LANGUAGE: "ja",
			PUBLIC_URL: "https://daicho.example.com/",
		});
		expect(config).toMatchObject({
			ok: true,
			value: { language: "ja", publicUrl: "https://daicho.example.com", webhookSecret: aSecret },
		});
	});

	it("names every wrong var at once, and never a secret", () => {
		const config = readConfig({ LEASE_SECONDS: "x", MAX_ATTEMPTS: "y", ADMIN_TOKEN: "hush" });
		expect(config).toMatchObject({ ok: false, error: { length: 2 } });
		expect(JSON.stringify(config)).not.toContain("hush");
	});
});

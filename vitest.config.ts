import { readFileSync } from "node:fs";
import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig, type Plugin } from "vitest/config";
import { buildDashboard } from "./scripts/build-dashboard.ts";
import { findChromium } from "./scripts/chromium.ts";

/** Migrations of the objects are imported as text, as wrangler bundles them. */
function sqlAsText(): Plugin {
	return {
		name: "sql-as-text",
		enforce: "pre",
		load(id) {
			if (!id.endsWith(".sql")) return null;
			return `export default ${JSON.stringify(readFileSync(id, "utf8"))};`;
		},
	};
}

/** Milliseconds. For what hangs, not for what is slow: machines are shared. */
const testTimeout = 30_000;

/** Of `expect.poll`: a second is short for a machine that does other things besides. As `eventually` in test/support. */
const expectation = { poll: { timeout: 20_000 } };

// wrangler.toml names the folder of the built page as assets: without it no Worker starts.
await buildDashboard();

export default defineConfig(async () => ({
	test: {
		// What the Worker logs is of interest when a test fails.
		silent: "passed-only" as const,
		projects: [
			{
				plugins: [sqlAsText()],
				test: {
					name: "unit",
					include: ["test/unit/**/*.test.ts", "test/simulation/**/*.test.ts"],
					testTimeout,
					expect: expectation,
				},
			},
			{
				plugins: [
					sqlAsText(),
					cloudflareTest({
						main: "./test/workerd/worker.ts",
						wrangler: { configPath: "./wrangler.toml" },
						miniflare: {
							bindings: {
								MIGRATIONS: await readD1Migrations("drizzle/d1/migrations"),
								ADMIN_TOKEN: "test-admin-token",
								TWITCH_CLIENT_ID: "test-client-id",
								TWITCH_CLIENT_SECRET: "test-client-secret",
							},
						},
					}),
				],
				test: {
					name: "workerd",
					include: ["test/workerd/**/*.test.ts"],
					testTimeout,
					expect: expectation,
				},
			},
			{
				test: {
					name: "system",
					include: ["test/system/**/*.test.ts"],
					testTimeout: 120_000,
					hookTimeout: 120_000,
					expect: expectation,
					fileParallelism: false,
				},
			},
			...(findChromium() === null
				? []
				: [
						{
							test: {
								name: "browser",
								include: ["test/browser/**/*.test.ts"],
								testTimeout: 180_000,
								hookTimeout: 120_000,
								expect: expectation,
								fileParallelism: false,
							},
						},
					]),
		],
	},
}));

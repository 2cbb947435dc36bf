import { existsSync, readFileSync } from "node:fs";
import { getTableName } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import * as d1 from "../../drizzle/d1/schema.ts";
import * as runCoordinator from "../../drizzle/run-coordinator/schema.ts";
import * as runScheduler from "../../drizzle/run-scheduler/schema.ts";
import * as twitchGate from "../../drizzle/twitch-gate/schema.ts";
import { knobs, loadConfig, varNames } from "../../src/config.ts";
import { incidentKinds } from "../../src/domain/incident.ts";
import type { Env } from "../../src/env.ts";
import { createJobs } from "../../src/jobs/registry.ts";

/** What the documents say and a machine can check. */
const root = new URL("../../", import.meta.url).pathname;
const read = (path: string) => readFileSync(root + path, "utf8");

describe("the README", () => {
	const readme = read("README.md");

	it("shows the summary of the fixture, to the letter", () => {
		const [, shown] = /```json\n([\s\S]*?)```/.exec(readme) ?? [];
		expect(shown).toBe(read("test/fixtures/summary.json"));
	});

	it("names commands that package.json has", () => {
		const scripts = Object.keys(JSON.parse(read("package.json")).scripts);
		const named = [...readme.matchAll(/npm run (?:-s )?([a-z:]+)/g)].map(([, name]) => name);
		expect(named.length).toBeGreaterThan(0);
		for (const name of named) expect(scripts).toContain(name);
	});
});

describe("the configuration table of the README", () => {
	it.each(Object.entries(knobs))("has %s with its unit, range and default", (name, knob) => {
		const { unit, min, max, standard } = knob;
		const range = `${min} to ${max.toLocaleString("en")}`;
		expect(read("README.md")).toContain(`| \`${name}\` | ${unit}, ${range} | ${standard} |`);
	});
	it.each(Object.entries(knobs))("has %s with its range and default in Japanese", (name, knob) => {
		const range = `${knob.min}〜${knob.max.toLocaleString("en")}`;
		expect(read("README.ja.md")).toMatch(
			new RegExp(`^\\| \`${name}\` \\| [^|]+、${range} \\| ${knob.standard} \\|`, "m"),
		);
	});
});

describe("what the README says of incidents and vars", () => {
	it.each(incidentKinds)("what %s means and what to do", (kind) => {
		expect(read("README.md")).toMatch(
			new RegExp(`^\\| \`${kind}\` \\| .{20,} \\| .{7,} \\|$`, "m"),
		);
	});
	it.each(varNames)("names %s, in both languages", (name) => {
		expect(read("README.md")).toContain(`\`${name}\``);
		expect(read("README.ja.md")).toContain(`\`${name}\``);
	});
});

describe("links in documents", () => {
	const links = ["README.md", "README.ja.md", "drizzle/README.md", "CHANGELOG.md"].flatMap((file) =>
		[...read(file).matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, to = ""]) => ({ file, to })),
	);
	it.each(links)("$file → $to", ({ file, to }) => {
		const folder = file.includes("/") ? file.slice(0, file.lastIndexOf("/") + 1) : "";
		expect(existsSync(root + folder + to)).toBe(true);
	});
});

describe("drizzle/README.md", () => {
	const tables = [d1, runCoordinator, runScheduler, twitchGate].flatMap((schema) =>
		Object.values(schema).map((table) => getTableName(table)),
	);
	it.each(tables)("describes the table %s", (table) => {
		expect(read("drizzle/README.md")).toContain(`\`${table}\``);
	});
});

describe("wrangler.toml", () => {
	it("has the cron of every job that has one, and no other", () => {
		const [, crons = ""] = /crons = \[(.*)\]/.exec(read("wrangler.toml")) ?? [];
		// Its bindings are not touched before a job is asked for something.
		const env = { TWITCH_GATE: { getByName: () => ({}) } } as unknown as Env;
		const jobs = [
			...createJobs(
				env,
				loadConfig({}, () => undefined),
			).values(),
		];
		const expected = jobs.flatMap(({ schedule }) =>
			schedule.kind === "cron" ? [JSON.stringify(schedule.cron)] : [],
		);
		expect(expected.length).toBeGreaterThan(0);
		expect(crons.split(/,\s*/).sort()).toEqual([...new Set(expected)].sort());
	});
});

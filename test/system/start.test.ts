import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { familyOf, listProcesses } from "../../scripts/kill/process-tree.ts";
import type { Summary } from "../../src/domain/summary.ts";
import { startSimulatedTwitch } from "../support/twitch/server.ts";

/** `npm start` as a user runs it: the real command, its exit code, and what it leaves behind. */
const root = dirname(dirname(import.meta.dirname));
const folder = mkdtempSync(join(tmpdir(), "daicho-start-test-"));
const state = join(folder, "state");
let port: number;

beforeAll(async () => {
	port = await findFreePort();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
	readonly code: number | null;
	readonly out: string;
	readonly errors: string;
}

function spawnStart(args: readonly string[], env: Record<string, string> = {}): ChildProcess {
	const clean = Object.entries(process.env).filter(([name]) => !/^(TWITCH_|ADMIN_)/.test(name));
	return spawn(process.execPath, ["scripts/start.ts", ...args], {
		cwd: root,
		env: { ...Object.fromEntries(clean), ...env },
		stdio: ["ignore", "pipe", "pipe"],
	});
}

async function ended(child: ChildProcess): Promise<Ended> {
	const { stdout, stderr } = child;
	if (stdout === null || stderr === null) throw new Error("the child was started without pipes");
	const exit = new Promise<number | null>((resolve) => child.once("exit", resolve));
	const [code, out, errors] = await Promise.all([exit, text(stdout), text(stderr)]);
	return { code, out, errors };
}

const start = (args: readonly string[], env?: Record<string, string>) =>
	ended(spawnStart(args, env));

const small = (...more: string[]) => [
	...["--streamers", "24", "--latency", "0", "--state", state, "--port", String(port)],
	...more,
];

/** Resolves with the first part of what it writes in which `pattern` is found. */
function waitFor(child: ChildProcess, pattern: RegExp): Promise<RegExpExecArray> {
	return new Promise((resolve, reject) => {
		let seen = "";
		child.stdout?.on("data", (chunk: Buffer) => {
			seen += chunk.toString();
			const found = pattern.exec(seen);
			if (found !== null) resolve(found);
		});
		child.once("exit", () => reject(new Error(`ended before ${pattern}: ${seen}`)));
	});
}

async function findFreePort(): Promise<number> {
	const server = createServer();
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	const address = server.address();
	await new Promise((resolve) => server.close(resolve));
	return typeof address === "object" && address !== null ? address.port : 0;
}

describe("a run on this machine", () => {
	it("writes one summary to standard output and nothing else, and succeeds", async () => {
		const { code, out, errors } = await start(small("--once", "--json"));
		const summary = JSON.parse(out) as Summary;
		expect(summary).toMatchObject({
			job: "collect-clips",
			state: "sealed",
			verdict: "succeeded",
			balanced: true,
			tasks: { planned: 24, succeeded: 24, open: 0 },
		});
		expect(summary.yield["clipsNew"]).toBeGreaterThan(0);
		expect(errors).toContain("ADMIN_TOKEN");
		expect(errors).toMatch(/Verdict +✔ succeeded/);
		expect(code).toBe(0);
	});

	it("goes on with the state of the start before, with as many streamers as are asked for now, and the vars of the environment", async () => {
		// LANGUAGE as desktops set it: that one is not daicho's.
		const env = {
			ADMIN_TOKEN: "chosen-by-the-operator$`'",
			TASKS_PER_MESSAGE: "2",
			LANGUAGE: "de_DE:de",
		};
		const { code, out } = await start(small("--once", "--streamers", "10"), env);
		expect(out).toContain("kept from before");
		expect(out).toContain("10 of 10 done");
		expect(out).toContain("5 messages");
		// The clips of the start before are known; Twitch has gone on for seconds.
		expect(Number(/([\d,]+) new/.exec(out)?.[1])).toBeLessThan(5);
		expect(out).not.toContain("chosen-by-the-operator");
		expect(code).toBe(0);
	});

	it("shows where the API is, refuses a second start on its state and port, and leaves nothing behind on Ctrl-C", async () => {
		const child = spawnStart(small());
		const pid = child.pid ?? 0;
		const end = ended(child);
		const [, token, url] = await waitFor(child, /Bearer (\S+)" (http:\S+)\/api\/runs\/latest/);
		const answer = await fetch(`${url}/api/runs/latest`, {
			headers: { authorization: `Bearer ${token}` },
		});
		expect(((await answer.json()) as Summary).verdict).toBe("succeeded");

		const samePort = await start(["--port", String(port), "--state", join(folder, "other")]);
		expect(samePort).toEqual({
			code: 1,
			out: "",
			errors: `Port ${port} is in use; choose another with --port.\n`,
		});
		const sameState = await start(small("--port", String(await findFreePort())));
		expect(sameState).toMatchObject({ code: 1, out: "" });
		expect(sameState.errors).toContain("in use by another daicho");

		const family = familyOf(pid);
		expect(family.filter(({ command }) => command.includes("workerd"))).not.toEqual([]);
		expect(family.filter(({ command }) => command.includes(token ?? "?"))).toEqual([]);
		child.kill("SIGINT");
		expect(await end).toMatchObject({ code: 0, errors: "" });
		const pids = new Set(family.map((process) => process.pid));
		expect(listProcesses().filter((process) => pids.has(process.pid))).toEqual([]);
	});

	it("interrupted on its way exits with 130, and killed outright takes its children along", async () => {
		const interrupted = spawnStart(small());
		const end = ended(interrupted);
		await waitFor(interrupted, /ADMIN_TOKEN/);
		const pids = new Set(familyOf(interrupted.pid ?? 0).map(({ pid }) => pid));
		interrupted.kill("SIGINT");
		expect((await end).code).toBe(130);
		expect(listProcesses().filter(({ pid }) => pids.has(pid))).toEqual([]);

		const killed = spawnStart(small());
		const ending = ended(killed);
		await waitFor(killed, /ready after/);
		const family = new Set(familyOf(killed.pid ?? 0).map(({ pid }) => pid));
		expect(family.size).toBeGreaterThan(3);
		killed.kill("SIGKILL");
		await ending;
		await expect
			.poll(() => listProcesses().filter(({ pid }) => family.has(pid)), { timeout: 10_000 })
			.toEqual([]);
	});
});

describe("another Twitch", () => {
	it("starts without samples, says how to add streamers, and keeps them apart from invented ones", async () => {
		const twitch = await startSimulatedTwitch();
		const env = {
			TWITCH_API_URL: twitch.apiUrl,
			TWITCH_AUTH_URL: twitch.authUrl,
			TWITCH_CLIENT_ID: twitch.clientId,
			TWITCH_CLIENT_SECRET: twitch.clientSecret,
		};
		const own = join(folder, "it's another");
		const empty = await start(["--once", "--state", own, "--port", String(port)], env);
		expect(empty.out).toContain("no streamer is enabled");
		expect(empty.code).toBe(0);
		const command = empty.out.split("\n").find((line) => line.includes("npx wrangler")) ?? "";
		execFileSync("sh", ["-c", command], {
			cwd: root,
			env: {
				...process.env,
				CI: "true",
				WRANGLER_SEND_METRICS: "false",
				WRANGLER_HIDE_BANNER: "true",
			},
			stdio: "ignore",
		});
		const one = await start(["--once", "--json", "--state", own, "--port", String(port)], env);
		expect(JSON.parse(one.out)).toMatchObject({ verdict: "succeeded", tasks: { planned: 1 } });
		expect(twitch.counts.clips).toBe(1);

		const mixed = await start(small("--once"), env);
		expect(mixed).toMatchObject({ code: 1, out: "" });
		expect(mixed.errors).toContain("they do not mix with real ones");

		const refused = await start(["--once"], { ...env, TWITCH_CLIENT_SECRET: "wrong" });
		expect(refused).toMatchObject({ code: 1, out: "" });
		expect(refused.errors).toMatch(/Twitch refused the client id or secret .*TWITCH_CLIENT_SECRET/);

		await twitch.close();
		const unreachable = await start(["--once"], env);
		expect(unreachable).toMatchObject({ code: 1, out: "" });
		expect(unreachable.errors).toBe(
			`Twitch cannot be reached at ${twitch.authUrl} (connection refused). Check the connection and TWITCH_AUTH_URL.\n`,
		);
	});
});

describe("what cannot be started", () => {
	const mistakes: readonly [string[], Record<string, string>, string][] = [
		[["--prot", "1"], {}, "There is no option --prot."],
		[["8787"], {}, '"8787" is no option.'],
		[["--port", "0"], {}, "--port takes a whole number from 1 to 65535"],
		[["--port", "99999"], {}, "--port takes a whole number from 1 to 65535"],
		[["--streamers", "1e3"], {}, "--streamers takes a whole number from 0 to 100000"],
		[["--latency", "-1"], {}, "--latency takes a whole number from 0 to 60000"],
		[["--state", "--once"], {}, "--state takes a folder"],
		[["--once=yes"], {}, "--once takes no value."],
		[[], { TWITCH_CLIENT_ID: "id" }, "TWITCH_CLIENT_SECRET is not"],
		[
			[],
			{ TWITCH_API_URL: "http://127.0.0.1:1/helix" },
			"TWITCH_CLIENT_ID and TWITCH_CLIENT_SECRET are not",
		],
		[[], { ADMIN_TOKEN: "two words" }, "ADMIN_TOKEN must be visible ASCII"],
		[
			[],
			{ LEASE_SECONDS: "5" },
			'LEASE_SECONDS is "5"; it must be a whole number of seconds from 20',
		],
		[["--state", root], {}, "is not empty and no state of daicho's"],
		[["--state", root, "--fresh"], {}, "is not empty and no state of daicho's"],
		[["--state", join(root, "package.json")], {}, "cannot be used as the state folder"],
	];
	it.each(mistakes)("%j with %j is refused in one line", async (args, env, message) => {
		const free = args.includes("--port") ? [] : ["--port", String(port)];
		const { code, out, errors } = await start([...args, ...free], env);
		expect(errors).toContain(message);
		expect(errors.trimEnd().split("\n")).toHaveLength(1);
		expect(out).toBe("");
		expect(code).toBe(1);
	});

	it("--fresh forgets a state, and nothing in its folder that is not its own", async () => {
		writeFileSync(join(state, "notes.txt"), "mine");
		// Its number may be that of the next one; what is in it is gone with it.
		writeFileSync(join(state, "v3", "old.txt"), "forgotten");
		const interrupted = spawnStart(small("--fresh"));
		const end = ended(interrupted);
		await waitFor(interrupted, /ADMIN_TOKEN/);
		interrupted.kill("SIGTERM");
		expect(await end).toMatchObject({ code: 143 });
		expect(existsSync(join(state, "v3", "old.txt"))).toBe(false);
		expect(readFileSync(join(state, "notes.txt"), "utf8")).toBe("mine");
		expect(existsSync(join(state, "temporary"))).toBe(false);
	});
});

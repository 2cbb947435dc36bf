import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Summary } from "../../src/domain/summary.ts";
import { adminToken, type Deployment, deploy } from "../support/deployment.ts";
import { readme } from "../support/readme.ts";

/** The README's curl examples, run by a shell as they stand, against the built Worker. */
const run = promisify(execFile);
const [, section = ""] = readme.split("## Operate it with curl");
const [examples = ""] = section.split("\n## ");
const commands = [...examples.matchAll(/```sh\n# ([^\n]*)\n([\s\S]*?)```/g)].map(
	([, title = "", command = ""]) => ({ title, command }),
);

let deployment: Deployment;
const env: Record<string, string> = { ADMIN_TOKEN: adminToken, PATH: process.env["PATH"] ?? "" };

beforeAll(async () => {
	deployment = await deploy({ streamers: 20 }, { REQUEST_TIMEOUT_SECONDS: "3" });
	env["DAICHO"] = String((await deployment.harness.listen()).url).replace(/\/$/, "");
	const [failing, hanging] = deployment.twitch.streamers;
	if (failing === undefined || hanging === undefined) throw new Error("no streamers");
	deployment.twitch.respondWith(failing.id, { status: 404, body: "{}" });
	const start = async () => {
		const answer = await deployment.api("/api/runs", {
			method: "POST",
			headers: { "content-type": "application/json" },
			body: JSON.stringify({ job: "collect-clips" }),
		});
		return ((await answer.json()) as { runId: string }).runId;
	};
	env["TASK_ID"] = failing.id;
	env["RUN_ID"] = await start();
	await deployment.sealed(env["RUN_ID"]);
	deployment.twitch.respondWith(hanging.id, { hang: true });
	env["OPEN_RUN_ID"] = await start();
});
afterAll(() => deployment.close());

describe("the README's examples", () => {
	it("are there for every route", () => {
		expect(commands.length).toBe(14);
	});

	// The first one that changes anything is the cancel of a run that hangs, so it goes first.
	const inOrder = [...commands].sort(
		(left, right) =>
			Number(right.command.includes("/cancel")) - Number(left.command.includes("/cancel")),
	);
	it.each(inOrder)("$title", async ({ command }) => {
		const { stdout } = await run("sh", ["-c", command], { env });
		const answer = JSON.parse(stdout) as Partial<Summary> & Record<string, unknown>;
		// A failed task has an error of its own; a refusal has a requestId in it.
		expect(answer["error"] ?? {}).not.toHaveProperty("requestId");
		expect(Object.keys(answer).length).toBeGreaterThan(0);
	});
});

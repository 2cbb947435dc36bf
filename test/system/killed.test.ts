import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, afterEach, expect, it } from "vitest";
import { aimAtTree, listProcesses } from "../../scripts/kill/process-tree.ts";

/**
 * Processes that are killed in the moment in which they start others: nobody may be left, or the next start meets a Worker
 * of this one on its port and on its data.
 */
const folder = mkdtempSync(join(tmpdir(), "daicho-killed-test-"));
const [parent, child, pidFile, sign] = ["parent.mjs", "child.mjs", "pid", "sign"].map((name) =>
	join(folder, name),
) as [string, string, string, string];
const start = join(import.meta.dirname, "../../scripts/start");
const addressOf = (name: string) => JSON.stringify(pathToFileURL(join(start, name)).href);

const listOurs = () => listProcesses().filter(({ command }) => command.includes(folder));

afterEach(() => {
	for (const { pid } of listOurs()) process.kill(pid, "SIGKILL");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("a child whose parent was killed while it was being started ends before it does anything", async () => {
	writeFileSync(
		child,
		`import { writeFileSync } from "node:fs";
writeFileSync(${JSON.stringify(sign)}, "");
setInterval(() => {}, 1_000);
`,
	);
	writeFileSync(
		parent,
		`import { writeFileSync } from "node:fs";
import { ChildGroup } from ${addressOf("child-group.ts")};
import { Ending } from ${addressOf("ending.ts")};
import { Screen } from ${addressOf("screen.ts")};
const ending = new Ending(new Screen(true));
const group = new ChildGroup(ending, [${JSON.stringify(child)}], { stdio: "ignore" });
writeFileSync(${JSON.stringify(pidFile)}, String(group.process.pid));
process.kill(process.pid, "SIGKILL");
`,
	);
	const killed = spawn(process.execPath, [parent], { stdio: "inherit" });
	expect(await endOf(killed)).toBe("SIGKILL");
	expect(Number(readFileSync(pidFile, "utf8"))).toBeGreaterThan(0);
	await expect.poll(listOurs).toEqual([]);
	expect(existsSync(sign)).toBe(false);
});

it("the kill test finds also those that were started after it aimed, each in a group of its own", async () => {
	writeFileSync(child, "setInterval(() => {}, 1_000);\n");
	writeFileSync(
		parent,
		`import { spawn } from "node:child_process";
const start = () => spawn(process.execPath, [${JSON.stringify(child)}], { detached: true, stdio: "ignore" });
start();
setInterval(start, 20);
`,
	);
	const root = spawn(process.execPath, [parent], { detached: true, stdio: "inherit" });
	const end = endOf(root);
	await expect.poll(() => listOurs().length).toBeGreaterThan(1);
	const kill = aimAtTree(root.pid ?? 0);
	const aimedAt = listOurs().length;
	await expect.poll(() => listOurs().length).toBeGreaterThan(aimedAt + 2);
	const killed = await kill();
	expect(await end).toBe("SIGKILL");
	expect(killed).toBeGreaterThan(aimedAt + 2);
	expect(listOurs()).toEqual([]);
});

function endOf(process: ChildProcess): Promise<NodeJS.Signals | null> {
	return new Promise((resolve) => process.once("exit", (_code, signal) => resolve(signal)));
}

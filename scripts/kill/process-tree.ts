import { execFileSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";

/** A process and all that it has started, ended at once as when the machine's memory ran out. */
interface Process {
	readonly pid: number;
	readonly parent: number;
	readonly group: number;
	readonly command: string;
}

const goneMs = 10_000;
const lookMs = 20;

/**
 * Finds `root`, which must have a process group of its own, and everything below it.
 * @returns what ends them at that moment with SIGKILL and tells how many they were: by groups, so that none of a group can
 * start another process meanwhile. It throws when somebody is left.
 */
export function aimAtTree(root: number): () => Promise<number> {
	const all = listProcesses();
	const family = descendantsOf(root, all);
	const groups = new Set([root, ...family.map((process) => process.group)]);
	const own = all.find(({ pid }) => pid === process.pid)?.group ?? process.pid;
	if (groups.has(own)) throw new Error("this would end the test itself");
	return async () => {
		// The root first: it is the one that would clean up after the others.
		for (const group of groups) signal(-group);
		await endRest(new Set(family.map(({ pid }) => pid)), groups);
		return family.length;
	};
}

async function endRest(pids: ReadonlySet<number>, groups: ReadonlySet<number>): Promise<void> {
	for (const giveUpAtMs = Date.now() + goneMs; ; await sleep(lookMs)) {
		const all = listProcesses();
		const left = all.filter(({ pid, group }) => pids.has(pid) || groups.has(group));
		if (left.length === 0) return;
		if (Date.now() > giveUpAtMs) {
			throw new Error(`not ended by SIGKILL: ${left.map(({ command }) => command).join(" | ")}`);
		}
		for (const { pid } of left) signal(pid);
	}
}

/** The living; the dead that wait for somebody to collect them do not count. */
function listProcesses(): Process[] {
	return execFileSync("ps", ["-eo", "pid=,ppid=,pgid=,stat=,args="], {
		encoding: "utf8",
		maxBuffer: 64 * 1_024 * 1_024,
	})
		.split("\n")
		.map((line) => /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line))
		.filter((parts) => parts !== null && !parts[4]?.startsWith("Z"))
		.map((parts) => ({
			pid: Number(parts?.[1]),
			parent: Number(parts?.[2]),
			group: Number(parts?.[3]),
			command: (parts?.[5] ?? "").slice(0, 200),
		}));
}

function descendantsOf(root: number, all: readonly Process[]): Process[] {
	const found = all.filter(({ pid }) => pid === root);
	for (const { pid } of found) found.push(...all.filter(({ parent }) => parent === pid));
	return found;
}

function signal(target: number): void {
	try {
		process.kill(target, "SIGKILL");
	} catch {
		// Gone already.
	}
}

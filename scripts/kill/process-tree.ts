import { execFileSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";

export interface Process {
	readonly pid: number;
	readonly parent: number;
	readonly group: number;
	/** With its arguments. */
	readonly command: string;
}

const goneMs = 10_000;
const lookMs = 20;

/**
 * A process and all that it has started, ended at once as when the machine's memory ran out.
 *
 * Finds `root`, which must have a process group of its own, and everything below it.
 * @returns what ends them at that moment and tells how many they were. All known groups are stopped at once: that is the
 * moment, from which none of them does anything. What they have started since they were found is then found below them,
 * and all are ended with SIGKILL. It throws when somebody is left.
 */
export function aimAtTree(root: number): () => Promise<number> {
	const groups = new Set([root]);
	const pids = new Set([root]);
	const own = listProcesses().find(({ pid }) => pid === process.pid)?.group ?? process.pid;
	const look = (): number[] => {
		const family = familyOf(root);
		for (const { pid } of family) pids.add(pid);
		const found = family.map(({ group }) => group).filter((group) => !groups.has(group));
		for (const group of found) groups.add(group);
		if (groups.has(own)) throw new Error("this would end the test itself");
		return found;
	};
	look();
	return async () => {
		// The root first: it is the one that starts the others, and would clean up after them.
		for (let found = [...groups]; found.length > 0; found = look()) {
			for (const group of found) signal(-group, "SIGSTOP");
		}
		for (const group of groups) signal(-group, "SIGKILL");
		await endRest(pids, groups);
		return pids.size;
	};
}

async function endRest(pids: ReadonlySet<number>, groups: ReadonlySet<number>): Promise<void> {
	for (const giveUpAtMs = Date.now() + goneMs; ; await sleep(lookMs)) {
		const all = listProcesses();
		const left = all.filter(({ pid, group }) => pids.has(pid) || groups.has(group));
		if (left.length === 0) return;
		if (Date.now() > giveUpAtMs) {
			const commands = left.map(({ command }) => command.slice(0, 200));
			throw new Error(`not ended by SIGKILL: ${commands.join(" | ")}`);
		}
		for (const { pid } of left) signal(pid, "SIGKILL");
	}
}

/** The living; the dead that wait for somebody to collect them do not count. */
export function listProcesses(): Process[] {
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
			command: parts?.[5] ?? "",
		}));
}

/** `root` first, and everything below it. */
export function familyOf(root: number): Process[] {
	const all = listProcesses();
	const found = all.filter(({ pid }) => pid === root);
	for (const { pid } of found) found.push(...all.filter(({ parent }) => parent === pid));
	return found;
}

function signal(target: number, name: "SIGSTOP" | "SIGKILL"): void {
	try {
		process.kill(target, name);
	} catch {
		// Gone already.
	}
}

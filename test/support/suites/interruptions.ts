import { describe, expect, it } from "vitest";
import { expectNumbers } from "../expect-numbers.ts";
import { finishInterrupted, Interruption } from "../interruption.ts";
import { ScriptedJob } from "../scripted-job.ts";
import { type Platform, World } from "../world.ts";
import type { WithPlatform } from "./run.ts";

/**
 * A death at every single await of a run, one after the other, on any platform's SQL: whatever was under way, the
 * run seals with the right numbers, and nothing is done twice but what nobody can know of.
 */
const sizes = [
	{ tasks: 30, tasksPerMessage: 12, messages: 3, chunks: "one chunk" },
	{ tasks: 501, tasksPerMessage: 100, messages: 6, chunks: "two chunks" },
];

export function describeInterruptions(withPlatform: WithPlatform): void {
	const whens = [
		["before", "before it took effect"],
		["after", "after it took effect, unheard"],
	] as const;

	describe("a death at every await", () => {
		for (const { chunks, ...size } of sizes) {
			for (const [when, words] of whens) {
				it(`of a run that seals in ${chunks}, ${words}`, async () => {
					const deaths: string[] = [];
					for (let at = 1; at <= deaths.length + 1; at += 1) {
						await withPlatform(async (platform) => {
							const diedIn = await dieAt(platform, at, when, size);
							if (diedIn !== null) deaths.push(diedIn);
						});
					}
					const times = (name: string) => deaths.filter((death) => death === name).length;
					// The plan, the gate, the tasks of each chunk with the seal, and two that forget old tasks or look for them.
					expect(times("d1")).toBeGreaterThanOrEqual(chunks === "one chunk" ? 4 : 5);
					expect(times("send")).toBe(1);
					expect(times("start")).toBe(1);
					expect(times("tell")).toBe(1);
					for (const name of ["claim", "perform", "report"]) {
						expect(times(name)).toBe(size.messages);
					}
				}, 60_000);
			}
		}
	});
}

/** @returns in what it died, or null when the run had no such call any more */
async function dieAt(
	platform: Platform,
	at: number,
	when: "before" | "after",
	size: Omit<(typeof sizes)[number], "chunks">,
): Promise<string | null> {
	const { tasks, tasksPerMessage, messages } = size;
	// Each round has a run of its own: on workerd they share one D1.
	const job = new ScriptedJob(tasks, `scripted-${at}-${when}`);
	const world = new World(platform, job, { tasksPerMessage });
	const perform = job.perform.bind(job);
	job.perform = (work) => world.around("perform", () => perform(work));
	const interruption = new Interruption(at, when);
	const { summary, tasksOfDead } = await finishInterrupted(world, interruption);
	const { diedIn } = interruption;

	// Who dies with a lease takes it along: its tasks are done again when it has run out.
	const claimed = (diedIn === "claim" && when === "after") || diedIn === "perform";
	const held = claimed || (diedIn === "report" && when === "before") ? tasksOfDead : 0;
	const sentTwice = diedIn === "send" && when === "after" ? messages : 0;
	expectNumbers(summary, tasks, {
		tasks: { recovered: held },
		attempts: {
			total: tasks + held,
			leasesExpired: held,
			// A message that comes again finds its tasks held or done; what was sent twice, too.
			duplicateDeliveries: claimed || diedIn === "report" ? 1 : sentTwice,
		},
	});
	const [row] = await platform.rows("SELECT * FROM runs WHERE run_id = ?", summary.runId);
	expect(row).toMatchObject({ state: "sealed", verdict: "succeeded" });
	expect(JSON.parse(String(row?.["summary"]))).toEqual(summary);
	expect(
		await platform.rows("SELECT * FROM run_tasks WHERE run_id = ?", summary.runId),
	).toHaveLength(tasks);
	expect(new Set(world.startedAfter.map(({ runId }) => runId)).size).toBe(1);
	expect(world.told[0]).toEqual(summary);
	return diedIn;
}

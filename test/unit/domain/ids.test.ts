import { Cron } from "croner";
import { describe, expect, it } from "vitest";
import {
	decodeRunId,
	decodeTaskId,
	runIdAfter,
	runIdForRequest,
	runIdForSlot,
	toJobName,
	toRunId,
} from "../../../src/domain/ids.ts";
import { decodeTaskMessage } from "../../../src/domain/message.ts";
import { nextSlot, previousSlots } from "../../../src/domain/schedule.ts";

const job = toJobName("collect-clips");
const slot = Date.parse("2026-11-23T17:00:00Z");

describe("a run's id", () => {
	it("comes from its job and slot, a request's millisecond, or the run before it", () => {
		expect(runIdForSlot(job, slot)).toBe("collect-clips-20261123T1700Z");
		expect(runIdForRequest(job, slot + 902_123)).toBe("collect-clips-20261123T171502123Z-m");
		const follower = toJobName("publish-hot-clips");
		expect(runIdAfter(follower, runIdForSlot(job, slot))).toBe(
			"publish-hot-clips-20261123T1700Z-a",
		);
		expect(runIdAfter(follower, toRunId("collect-clips-20261123T171502123Z-m"))).toBe(
			"publish-hot-clips-20261123T171502123Z-m-a",
		);
		expect(runIdAfter(follower, toRunId("collect-clips-20261123T1700Z-r2"))).toBe(
			"publish-hot-clips-20261123T1700Z-r2-a",
		);
	});

	it.each([
		"collect-clips",
		"collect-clips-20261123T17Z",
		"Collect-20261123T1700Z",
		"collect-clips-20261123T1700Z-x",
		"collect-clips-20261123T1700Z-r0",
		"../20261123T1700Z",
		`${"a".repeat(41)}-20261123T1700Z`,
		`a-20261123T1700Z${"-a".repeat(60)}`,
		"collect-clips-20261123T1700Z\n",
		42,
		null,
	])("is not %j", (value) => {
		expect(decodeRunId(value).ok).toBe(false);
	});
});

describe("a task's id", () => {
	it.each(["12345", "a_b.c:d-e"])("may be %j", (id) => expect(decodeTaskId(id).ok).toBe(true));
	it.each(["", "a b", "ü", "x".repeat(65), "a/b", 7, null])("is not %j", (id) =>
		expect(decodeTaskId(id).ok).toBe(false),
	);
});

describe("a message", () => {
	const message = { version: 1, runId: runIdForSlot(job, slot), messageNo: 1, taskIds: ["1", "2"] };
	it("comes back as it was sent", () => {
		expect(decodeTaskMessage(structuredClone(message))).toEqual({ ok: true, value: message });
	});
	it.each([
		["of another version", { version: 2 }],
		["of no run", { runId: "x" }],
		["without a number", { messageNo: 0 }],
		["of no tasks", { taskIds: [] }],
		["with a bad id among good ones", { taskIds: ["1", "two words"] }],
		["of too many tasks", { taskIds: Array.from({ length: 101 }, (_, index) => String(index)) }],
	])("%s is refused with the reason", (_, change) => {
		const decoded = decodeTaskMessage({ ...message, ...change });
		expect(decoded).toMatchObject({ ok: false, error: expect.stringMatching(/\w{4,}/) });
	});
});

describe("slots", () => {
	it("before a time are the newest first, the one at that very time included", () => {
		const hour = 3_600_000;
		expect(previousSlots("0 * * * *", slot, 2)).toEqual([slot, slot - hour]);
		expect(previousSlots("0 * * * *", slot - 1, 2)).toEqual([slot - hour, slot - 2 * hour]);
		expect(previousSlots("0 * * * *", slot + 500, 1)).toEqual([slot]);
	});
	it("are the same in whatever order they are asked for", () => {
		const cron = "*/20 3-5 * * *";
		const first = Date.parse("2026-11-23T03:00:00Z");
		for (const minutes of [0, 5_000, 30, -9_000, 61, 4_999, 100_000, 20]) {
			const nowMs = first + minutes * 60_000;
			const fresh = new Cron(cron, { timezone: "UTC" });
			const before = fresh.previousRuns(40, new Date(nowMs + 1_000)).map(Number);
			expect(previousSlots(cron, nowMs, 40)).toEqual(before);
			expect(nextSlot(cron, nowMs)).toBe(Number(fresh.nextRun(new Date(nowMs))));
		}
	});
});

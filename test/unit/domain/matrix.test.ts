import { describe, expect, it } from "vitest";
import { toTaskId } from "../../../src/domain/ids.ts";
import { orderByFlakiness, readCells } from "../../../src/domain/matrix.ts";

/** Who is flaky, and who is only broken. */
const row = (cells: string) => readCells(toTaskId(cells.replaceAll("-", "_") || "none"), cells);

describe("the cells of a task", () => {
	it.each([
		["", 0, 0],
		["ssss", 0, 0],
		["SSSS", 0, 0],
		["ffff", 4, 0],
		["sfsf", 2, 3],
		["ssff", 2, 1],
		["slSf", 2, 3],
		["s-f-s", 1, 2],
		["sccf", 1, 1],
		["----", 0, 0],
	])("%s: failed in %i runs, turned %i times", (cells, failures, flips) => {
		expect(row(cells)).toMatchObject({ failures, flips });
	});
});

describe("the tasks", () => {
	it("are those that go back and forth, then those that fail, then those that were retried", () => {
		const sorted = ["ffff", "sfsf", "ssss", "ssff", "sSSs", "fsff", "sssf"];
		const rows = orderByFlakiness(sorted.map(row));
		expect(rows.map(({ cells }) => cells)).toEqual([
			"sfsf",
			"fsff",
			"ssff",
			"sssf",
			"ffff",
			"sSSs",
			"ssss",
		]);
	});
});

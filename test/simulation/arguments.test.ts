import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { readCommand } from "./arguments.ts";

describe("npm run simulate", () => {
	it("runs a thousand seeds when nothing is said", () => {
		expect(readCommand([])).toMatchObject({ kind: "many", from: 1, count: 1_000 });
		const some = ["--seeds", "5", "--from", "100", "--processes", "1", "--out", "a.json"];
		expect(readCommand(some)).toEqual({
			kind: "many",
			from: 100,
			count: 5,
			processes: 1,
			out: "a.json",
		});
	});

	it("runs one seed without a guard and without some faults", () => {
		const args = ["--seed", "7", "--trace", "--guard", "claim ids", "--without", "d1-down,d1-late"];
		const command = readCommand([...args, "--most", "12", "--skip", "3,9"]);
		expect(command).toMatchObject({
			kind: "one",
			seed: 7,
			show: "trace",
			guard: { name: "claim ids" },
			limits: { without: ["d1-down", "d1-late"], most: 12, skip: [3, 9] },
		});
		expect(readCommand(["--seed", "7"])).toMatchObject({ show: "end", limits: {} });
	});

	it.each([
		[["--without", "d1-down"], "--without needs --seed"],
		[["--most", "3", "--skip", "1"], "--most, --skip needs --seed"],
		[["--guard", "claim ids"], "--guard needs --seed"],
		[["--seed", "7", "--seeds", "100"], "--seeds does not go with --seed"],
		[["--seed", "7", "--trace", "--shortest"], "not both"],
		[["--seed", "seven"], "--seed: seven is no number"],
		[["--seed", ""], "--seed:  is no number"],
		[["--seeds", "-3"], "ambiguous"],
		[["--seed", "7", "--without", "rain"], "no fault is called rain"],
		[["--seed", "7", "--guard", "typo"], "no guard is called typo; there are: claim ids"],
		[["--speed"], "Unknown option"],
	])("answers %j with what is wrong", (args, message) => {
		expect(() => readCommand(args)).toThrow(message);
	});

	it.each(["cli.ts", "guards-cli.ts"])(
		"ends with 2 when %s is asked for what there is not",
		(cli) => {
			const file = new URL(cli, import.meta.url).pathname;
			const args = [file, "--seed", "1", "--guard", "typo"];
			const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
			expect(status).toBe(2);
			expect(stderr).toContain("npm run simulate");
		},
	);
});

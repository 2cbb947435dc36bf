import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { importStreamers, readStreamersCsv } from "../../scripts/start/streamers-csv.ts";

const header = "id,login,display_name";

describe("a CSV file of streamers", () => {
	it("may have quotes, commas, newlines in names, a byte-order mark and CRLF", () => {
		const text = `\uFEFF${header}\r\n1,One,"Doe, ""Jane"""\r\n"2","two_2","雷\nジュン"\r\n\r\n3,three,Three`;
		expect(readStreamersCsv(text)).toEqual({
			streamers: [
				{ id: "1", login: "one", displayName: 'Doe, "Jane"' },
				{ id: "2", login: "two_2", displayName: "雷\nジュン" },
				{ id: "3", login: "three", displayName: "Three" },
			],
			problems: [],
		});
	});

	it("has its bad lines named with their number, and the rest goes in", () => {
		const lines = [
			header,
			"1,one,One",
			"no id,two,Two",
			"3,no login!,Three",
			"4,four,",
			"5,five",
			'6,"six" 6,Six',
			'7,seven,"Seven\nlines"',
			"1,again,One again",
			"9,nine,Nine",
		];
		const { streamers, problems } = readStreamersCsv(lines.join("\n"));
		expect(streamers.map(({ id }) => id)).toEqual(["1", "7", "9"]);
		expect(problems).toEqual([
			'line 3: "no id" is no broadcaster\'s id',
			'line 4: "no login!" is no login',
			"line 5: display_name has to have 1 to 100 characters",
			"line 6: it has 2 columns instead of 3",
			expect.stringMatching(/^line 7: /),
			"line 10: id 1 stands in line 2 already",
		]);
	});

	it("may have 10,000 lines", () => {
		const rows = Array.from(
			{ length: 10_000 },
			(_, index) => `${index},login_${index},Name ${index}`,
		);
		const { streamers, problems } = readStreamersCsv([header, ...rows].join("\r\n"));
		expect(streamers).toHaveLength(10_000);
		expect(problems).toEqual([]);
	});

	it.each(["", "login,id,display_name\n1,2,3", "1,one,One"])(
		"without its header is refused: %j",
		(text) => {
			expect(() => readStreamersCsv(text)).toThrow(`the first line has to be ${header}`);
		},
	);

	it("that is not there, or not UTF-8, is refused with what to do", () => {
		const folder = mkdtempSync(join(tmpdir(), "daicho-csv-"));
		try {
			const file = join(folder, "latin1.csv");
			writeFileSync(file, Buffer.from([0x69, 0xff, 0x0a]));
			expect(() => importStreamers(file)).toThrow('Save it as "CSV UTF-8"');
			expect(() => importStreamers(join(folder, "nothing.csv"))).toThrow("cannot be read");
		} finally {
			rmSync(folder, { recursive: true });
		}
	});
});

/** Bodies that start no run. */
const start = '{"job":"collect-clips"}';
const json = (text: string) => Buffer.from(text);
/** What it is, its bytes (made when they are sent: some are large), and how `POST /api/runs` refuses it. */
export const badBodies: readonly [string, () => Buffer, number, string][] = [
	["UTF-16", () => Buffer.from(start, "utf16le"), 400, "invalid_json"],
	[
		"UTF-16 with its mark",
		() => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(start, "utf16le")]),
		400,
		"invalid_encoding",
	],
	["Latin-1", () => Buffer.from('{"job":"caf\xe9"}', "latin1"), 400, "invalid_encoding"],
	[
		"half a surrogate pair in UTF-8",
		() => Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]),
		400,
		"invalid_encoding",
	],
	["100,000 brackets", () => json("[".repeat(100_000)), 400, "invalid_json"],
	["100,000 levels", () => json("[".repeat(100_000) + "]".repeat(100_000)), 400, "invalid_body"],
	[
		"100,000 levels in a field",
		() => json(`{"job":${"[".repeat(100_000)}${"]".repeat(100_000)}}`),
		400,
		"unknown_job",
	],
	["a number of 5,000 digits", () => json(`{"job":${"9".repeat(5_000)}}`), 400, "unknown_job"],
	["1e999", () => json('{"job":1e999}'), 400, "unknown_job"],
	[
		"__proto__",
		() => json('{"job":"collect-clips","__proto__":{"taskIds":["1"]}}'),
		400,
		"unknown_field",
	],
	["constructor as a job", () => json('{"job":"constructor"}'), 400, "unknown_job"],
	[
		"__proto__ in the window",
		() =>
			json(
				'{"job":"collect-clips","window":{"from":"2026-11-22T00:00:00Z","to":"2026-11-22T01:00:00Z","__proto__":1}}',
			),
		400,
		"invalid_window",
	],
	[
		"a window before there were clips",
		() =>
			json(
				'{"job":"collect-clips","window":{"from":"0001-01-01T00:00:00Z","to":"0001-01-01T01:00:00Z"}}',
			),
		400,
		"invalid_window",
	],
	[
		"a window at the end of time",
		() =>
			json(
				'{"job":"collect-clips","window":{"from":"9999-12-31T23:00:00Z","to":"9999-12-31T23:59:59Z"}}',
			),
		400,
		"invalid_window",
	],
	[
		"NUL in a task id",
		() => json('{"job":"collect-clips","taskIds":["1\\u0000"]}'),
		400,
		"invalid_task_ids",
	],
	[
		"1,001 task ids",
		() => json(JSON.stringify({ job: "collect-clips", taskIds: Array(1_001).fill("1") })),
		400,
		"invalid_task_ids",
	],
	["a byte more than 256 KB", () => Buffer.alloc(256 * 1_024 + 1, 0x20), 413, "body_too_large"],
	["256 KB of blanks", () => Buffer.alloc(256 * 1_024, 0x20), 400, "invalid_json"],
];

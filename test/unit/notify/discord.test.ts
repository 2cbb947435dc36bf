import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type DiscordBody, discordBody, discordRequest } from "../../../src/notify/discord.ts";
import { cutText, inlineCode } from "../../../src/notify/discord-text.ts";
import { type Language, languages, type Notice } from "../../../src/notify/notice.ts";
import { everyNotice, noticeOf, runUrl } from "./incidents.ts";

/** Discord's own numbers: its docs, "Embed Limits". */
function expectLimits({ embeds: [embed] }: DiscordBody): void {
	const texts = [embed.title, embed.description, embed.footer.text];
	for (const { name, value } of embed.fields) {
		expect(name.length).toBeGreaterThan(0);
		expect(name.length).toBeLessThanOrEqual(256);
		expect(value.trim().length).toBeGreaterThan(0);
		expect(value.length).toBeLessThanOrEqual(1_024);
		texts.push(name, value);
	}
	expect(embed.title.length).toBeLessThanOrEqual(256);
	expect(embed.description.length).toBeLessThanOrEqual(4_096);
	expect(embed.footer.text.length).toBeLessThanOrEqual(2_048);
	expect(embed.fields.length).toBeLessThanOrEqual(25);
	expect(texts.join("").length).toBeLessThanOrEqual(6_000);
	for (const text of texts) expect(text.isWellFormed()).toBe(true);
}

/** What Discord renders as markdown: all that does not stand in code. */
function outsideOfCode({ embeds: [embed] }: DiscordBody): string {
	const texts = [embed.description, ...embed.fields.map(({ value }) => value)];
	for (const text of texts) expect(text.split("`").length % 2).toBe(1);
	return texts.map((text) => text.replace(/`[^`\n]+`/g, "")).join("\n");
}

const embedOf = (notice: Notice, language: Language = "en") =>
	discordBody(notice, language).embeds[0];

describe("every kind and phase, in both languages", () => {
	for (const language of languages) {
		test.each(everyNotice)(`${language}: %s, %s`, (kind, phase) => {
			const notice = noticeOf(kind, phase);
			const body = discordBody(notice, language);
			expectLimits(body);
			expect(body.username).toBe("daicho");
			expect(body.allowed_mentions).toEqual({ parse: [] });
			expect(outsideOfCode(body).replaceAll("https://www.cloudflarestatus.com", "")).not.toMatch(
				/[*_~|<>[\]#@]|:\/\//,
			);
			const [embed] = body.embeds;
			expect(embed.timestamp).toBe(new Date(notice.atMs).toISOString());
			expect(embed.footer.text).toContain(notice.incident.incidentId);
			expect(embed.url).toBe(notice.runUrl === null ? undefined : runUrl);
			expect(embed.color === 0x12b76a).toBe(phase === "closed");
			const names = embed.fields.map(({ name }) => name);
			expect(new Set(names).size).toBe(names.length);
			expect(names).toContain(language === "en" ? "What to do" : "対処");
			expect(names.includes(language === "en" ? "Lasted" : "継続時間")).toBe(phase === "closed");
			expect(JSON.parse(JSON.stringify(body))).toEqual(body);
		});
	}
	test("a run over the tolerance in Japanese, as a whole", () => {
		expect(discordBody(noticeOf("run_over_tolerance", "opened"), "ja")).toMatchInlineSnapshot(`
			{
			  "allowed_mentions": {
			    "parse": [],
			  },
			  "embeds": [
			    {
			      "color": 16224265,
			      "description": "予定時刻 2026-11-23 20:00 UTC の実行 \`collect-clips-20261123T2000Z\` で、タスク200件のうち33件（16.5 %）が完了しませんでした（失敗31件、消失2件）。許容範囲は 5 % までです。2026-11-23 20:00 UTC から30分続いています。",
			      "fields": [
			        {
			          "inline": true,
			          "name": "実行",
			          "value": "\`collect-clips-20261123T2000Z\`",
			        },
			        {
			          "inline": true,
			          "name": "予定時刻",
			          "value": "2026-11-23 20:00 UTC",
			        },
			        {
			          "inline": true,
			          "name": "失敗・消失",
			          "value": "33 / 200 (16.5 %)",
			        },
			        {
			          "inline": false,
			          "name": "原因",
			          "value": "31 × \`twitch_server_error\` \`Twitch answered 503\`
			2 × \`lost\` \`No word came of it\`",
			        },
			        {
			          "inline": false,
			          "name": "対処",
			          "value": "実行のページで原因を確認し、そこから失敗した分を再実行してください。この程度の失敗が普通であれば \`TOLERATED_FAILURE_PERCENT\` を増やしてください。",
			        },
			      ],
			      "footer": {
			        "text": "daicho · run_over_tolerance-collect-clips-1795464000000",
			      },
			      "timestamp": "2026-11-23T20:30:00.000Z",
			      "title": "collect-clips の失敗が許容範囲を超えました",
			      "url": "https://daicho.example.com/runs/collect-clips-20261123T2000Z",
			    },
			  ],
			  "username": "daicho",
			}
		`);
	});
	test("a run over the tolerance in English, when it is over", () => {
		expect(discordBody(noticeOf("run_over_tolerance", "closed"), "en")).toMatchInlineSnapshot(`
			{
			  "allowed_mentions": {
			    "parse": [],
			  },
			  "embeds": [
			    {
			      "color": 1226602,
			      "description": "A run of collect-clips stayed within what is tolerated. The incident lasted 2 h 5 min, from 2026-11-23 20:00 UTC to 2026-11-23 22:05 UTC.",
			      "fields": [
			        {
			          "inline": true,
			          "name": "Run",
			          "value": "\`collect-clips-20261123T2000Z\`",
			        },
			        {
			          "inline": true,
			          "name": "Slot",
			          "value": "2026-11-23 20:00 UTC",
			        },
			        {
			          "inline": true,
			          "name": "Failed or lost",
			          "value": "33 / 200 (16.5 %)",
			        },
			        {
			          "inline": true,
			          "name": "Lasted",
			          "value": "2 h 5 min",
			        },
			        {
			          "inline": false,
			          "name": "Causes",
			          "value": "31 × \`twitch_server_error\` \`Twitch answered 503\`
			2 × \`lost\` \`No word came of it\`",
			        },
			        {
			          "inline": false,
			          "name": "What to do",
			          "value": "Nothing has to be done. The tasks that failed then can still be re-run on the page of the run.",
			        },
			      ],
			      "footer": {
			        "text": "daicho · run_over_tolerance-collect-clips-1795464000000",
			      },
			      "timestamp": "2026-11-23T22:05:00.000Z",
			      "title": "Over: Too many tasks of collect-clips failed",
			      "url": "https://daicho.example.com/runs/collect-clips-20261123T2000Z",
			    },
			  ],
			  "username": "daicho",
			}
		`);
	});
});

describe("words of others", () => {
	const evilPieces = [
		"@everyone",
		"@here",
		"<@123>",
		"<@&1>",
		"[click](https://evil.example)",
		"https://evil.example/x",
		"`",
		"```",
		"``a`",
		"\\",
		"\n# big",
		"**bold**",
		"||spoiler||",
		"\u202e",
		"\ud83d\ude00",
		"\ud83d",
		"日本語",
	];
	const evil = fc.oneof(
		fc.array(fc.constantFrom(...evilPieces), { maxLength: 400 }).map((parts) => parts.join("")),
		fc.string({ unit: "binary", maxLength: 3_000 }),
		fc.string({ maxLength: 20 }),
	);
	const causes = fc.array(fc.record({ code: evil, message: evil, count: fc.nat() }), {
		maxLength: 9,
	});

	test("never call anybody, never make a link, never break the limits, whatever they are", () => {
		const check = fc.property(
			fc.constantFrom(...everyNotice),
			fc.constantFrom(...languages),
			causes,
			evil,
			fc.nat(),
			([kind, phase], language, someCauses, reason, figure) => {
				const figures = { planned: figure, succeeded: 0, failed: figure, lost: figure };
				const evidence = { causes: someCauses, reason, tasks: figures, lateMs: figure };
				const body = discordBody(noticeOf(kind, phase, { evidence }), language);
				expectLimits(body);
				expect(JSON.stringify(body)).not.toMatch(/@everyone|@here|<@&?\d/);
				const rendered = outsideOfCode(body);
				expect(rendered).not.toMatch(/evil|\]\(|\*\*|\|\||<|@|\\/);
			},
		);
		fc.assert(check, { numRuns: 300 });
	});
	test("of three causes and no more are shown, each whole as code, however long they are", () => {
		const cause = { code: "c".repeat(500), message: "m".repeat(5_000), count: 2_000_000_000 };
		const evidence = { causes: [cause, cause, cause, cause] };
		const embed = embedOf(noticeOf("run_failed", "opened", { evidence }));
		const lines = embed.fields.find(({ name }) => name === "Causes")?.value.split("\n") ?? [];
		expect(lines).toHaveLength(3);
		for (const line of lines) expect(line).toMatch(/^2000000000 × `c{61}…` `m{237}…`$/);
	});
	test("of a run that could not be planned are of no task, and are not counted", () => {
		const tasks = { planned: 0, succeeded: 0, failed: 0, lost: 0 };
		const causes = [{ code: "planning_failed", message: "D1 is down", count: 1 }];
		const { fields } = embedOf(noticeOf("run_failed", "opened", { evidence: { tasks, causes } }));
		expect(fields.find(({ name }) => name === "Causes")?.value).toBe(
			"`planning_failed` `D1 is down`",
		);
		expect(fields.map(({ name }) => name)).not.toContain("Failed or lost");
	});
	test.each([
		["a `b` c", "`a ˋbˋ c`"],
		["@everyone", "`@\u200beveryone`"],
		["two\nlines", "`two lines`"],
		["\u200b \n", "`–`"],
		["", "`–`"],
		["half \ud83d", "`half \ufffd`"],
	])("%j stands as code: %j", (text, code) => {
		expect(inlineCode(text, 100)).toBe(code);
	});
	test("are cut between characters, and the code is closed", () => {
		expect(inlineCode("\u{1f600}".repeat(9), 8)).toBe(`\`${"\u{1f600}".repeat(2)}…\``);
		expect(cutText("\u{1f600}".repeat(9), 6)).toBe(`${"\u{1f600}".repeat(2)}…`);
		expect(cutText("abcdef", 6)).toBe("abcdef");
	});
});

describe("the message as a whole", () => {
	test.each(["http://localhost:8787/x", "ftp://files.example.com/x", "no address", ""])(
		"%j is no link that Discord takes, so the message goes without one",
		(url) => {
			expect(embedOf({ ...noticeOf("run_failed", "opened"), runUrl: url })).not.toHaveProperty(
				"url",
			);
		},
	);
	test("a beginning that is told late says nothing of the end, and no attempt differs from another", () => {
		const opened = noticeOf("run_stuck", "opened");
		const late = noticeOf("run_stuck", "opened", { closedAtMs: opened.atMs + 5 });
		expect(discordBody(late, "en")).toEqual(discordBody(opened, "en"));
	});
	test("an end without its time is over all the same", () => {
		const embed = embedOf(noticeOf("run_stuck", "closed", { closedAtMs: null }));
		expect(embed.title).toMatch(/^Over: /);
		expect(embed.description).toContain("2 h 5 min");
	});
	test("what was not done is red, what was made up for is orange", () => {
		expect(embedOf(noticeOf("slot_missed", "opened")).color).toBe(0xd92d20);
		expect(embedOf(noticeOf("cron_dead", "opened")).color).toBe(0xf79009);
	});
	test("is posted as JSON and waited for, in the thread that the address names", () => {
		const notice = noticeOf("run_failed", "opened");
		const request = discordRequest(
			"https://discord.com/api/webhooks/1/t?thread_id=7",
			notice,
			"ja",
		);
		expect(request.url).toBe("https://discord.com/api/webhooks/1/t?thread_id=7&wait=true");
		expect(request).toMatchObject({
			method: "POST",
			headers: { "content-type": "application/json" },
		});
		expect(JSON.parse(request.body)).toEqual(discordBody(notice, "ja"));
	});
});

import { Webhook } from "standardwebhooks";
import { describe, expect, test } from "vitest";
import { publicIncident } from "../../../src/notify/public-incident.ts";
import { decodeWebhookSecret, webhookRequest } from "../../../src/notify/webhook.ts";
import { atMs, closedAtMs, everyNotice, incidentOf, noticeOf, runUrl } from "./incidents.ts";

const keyOf = (bytes: number) => Buffer.alloc(bytes, 0xfb).toString("base64");
const secret = `whsec_${keyOf(32)}`;

describe("a webhook", () => {
	test.each(everyNotice)("of %s, %s, is taken by the library of receivers", (kind, phase) => {
		// The library knows no clock but the real one.
		const { body, headers } = webhookRequest(noticeOf(kind, phase), secret, Date.now());
		const payload = new Webhook(secret).verify(body, headers) as Record<string, unknown>;
		expect(payload).toEqual(JSON.parse(body));
		expect(payload).toMatchObject({ type: `incident.${phase}`, data: { kind } });
		expect(headers["webhook-id"]).toBe(`${noticeOf(kind, phase).incident.incidentId}-${phase}`);
		expect(headers["content-type"]).toBe("application/json");
		expect(body.length).toBeLessThan(20_000);
	});
	test("whose body, id or time was changed on the way is refused", () => {
		const { body, headers } = webhookRequest(noticeOf("run_failed", "opened"), secret, Date.now());
		const receiver = new Webhook(secret);
		expect(() => receiver.verify(`${body} `, headers)).toThrow();
		expect(() => receiver.verify(body, { ...headers, "webhook-id": "other" })).toThrow();
		const later = String(Number(headers["webhook-timestamp"]) + 1);
		expect(() => receiver.verify(body, { ...headers, "webhook-timestamp": later })).toThrow();
		expect(() => new Webhook(`whsec_${keyOf(24)}`).verify(body, headers)).toThrow();
	});
	test("has the same body and id at each attempt, and a time and signature of its own", () => {
		const notice = noticeOf("run_failed", "opened");
		const first = webhookRequest(notice, secret, atMs);
		const second = webhookRequest(notice, secret, atMs + 3_600_000);
		expect(second.body).toBe(first.body);
		expect(second.headers["webhook-id"]).toBe(first.headers["webhook-id"]);
		expect(first.headers["webhook-timestamp"]).toBe(String(atMs / 1_000));
		expect(second.headers["webhook-timestamp"]).toBe(String(atMs / 1_000 + 3_600));
		expect(second.headers["webhook-signature"]).not.toBe(first.headers["webhook-signature"]);
	});
	test("says in public names and times what happened", () => {
		const { body } = webhookRequest(noticeOf("run_over_tolerance", "closed"), secret, atMs);
		expect(JSON.parse(body)).toMatchInlineSnapshot(`
			{
			  "data": {
			    "closedAt": "2026-11-23T22:05:00.000Z",
			    "durationMs": 7500000,
			    "evidence": {
			      "causes": [
			        {
			          "code": "twitch_server_error",
			          "count": 31,
			          "message": "Twitch answered 503",
			        },
			        {
			          "code": "lost",
			          "count": 2,
			          "message": "No word came of it",
			        },
			      ],
			      "tasks": {
			        "failed": 31,
			        "lost": 2,
			        "planned": 200,
			        "succeeded": 167,
			      },
			      "toleratedPercent": 5,
			    },
			    "incidentId": "run_over_tolerance-collect-clips-1795464000000",
			    "job": "collect-clips",
			    "kind": "run_over_tolerance",
			    "occurrences": 1,
			    "openedAt": "2026-11-23T20:00:00.000Z",
			    "runId": "collect-clips-20261123T2000Z",
			    "runUrl": "https://daicho.example.com/runs/collect-clips-20261123T2000Z",
			    "slot": "2026-11-23T20:00:00Z",
			    "title": "Over: Too many tasks of collect-clips failed",
			    "toDo": "Nothing has to be done. The tasks that failed then can still be re-run on the page of the run.",
			    "what": "A run of collect-clips stayed within what is tolerated. The incident lasted 2 h 5 min, from 2026-11-23 20:00 UTC to 2026-11-23 22:05 UTC.",
			  },
			  "timestamp": "2026-11-23T22:05:00.000Z",
			  "type": "incident.closed",
			}
		`);
	});
	test("of a beginning that is told late says nothing of the end", () => {
		const { body } = webhookRequest(noticeOf("run_stuck", "opened", { closedAtMs }), secret, atMs);
		expect(JSON.parse(body)).toMatchObject({
			data: { closedAt: null, durationMs: 1_800_000, runUrl },
		});
	});
});

describe("a public incident", () => {
	test("lasts up to now while it is open, in RFC 3339 and milliseconds", () => {
		expect(publicIncident(incidentOf("run_stuck"), atMs)).toMatchObject({
			slot: "2026-11-23T20:00:00Z",
			openedAt: "2026-11-23T20:00:00.000Z",
			closedAt: null,
			durationMs: 1_800_000,
			evidence: { lastSeenAt: "2026-11-23T20:01:00.000Z" },
		});
	});
	test("holds no time in epoch milliseconds, and nothing that was not seen", () => {
		for (const [kind] of everyNotice) {
			const json = JSON.stringify(publicIncident(incidentOf(kind, { closedAtMs }), atMs));
			expect(json).not.toContain("AtMs");
			expect(json.replaceAll(incidentOf(kind).incidentId, "")).not.toMatch(/\d{13}/);
			expect(publicIncident(incidentOf(kind, { evidence: {} }), atMs).evidence).toEqual({});
		}
	});
	test("has at most three causes, cut and in one line, whatever was said", () => {
		const cause = { code: "x", message: `a\n${"b".repeat(10_000)}`, count: 1 };
		const evidence = { causes: [cause, cause, cause, cause], reason: "y".repeat(10_000) };
		const shown = publicIncident(incidentOf("slot_missed", { evidence }), atMs).evidence;
		expect(shown.causes).toHaveLength(3);
		expect(shown.causes?.[0]?.message).toMatch(/^a b{297}…$/);
		expect(shown.reason).toHaveLength(300);
	});
});

describe("the secret of webhooks", () => {
	test.each([24, 25, 32, 64])("of %i bytes is taken", (bytes) => {
		const value = `whsec_${keyOf(bytes)}`;
		expect(decodeWebhookSecret(value)).toEqual({ ok: true, value });
	});
	test.each([
		["of 23 bytes", `whsec_${keyOf(23)}`],
		["of 65 bytes", `whsec_${keyOf(65)}`],
		["without its prefix", keyOf(32)],
		["with another prefix", `whsk_${keyOf(32)}`],
		["that is not base64", `whsec_${"*".repeat(44)}`],
		["without its padding", `whsec_${keyOf(32).replaceAll("=", "")}`],
		["of another alphabet", `whsec_${keyOf(32).replaceAll("+", "-").replaceAll("/", "_")}`],
		["with a line end behind it", `whsec_${keyOf(32)}\n`],
		["that is empty", ""],
		["that is no text", 5],
		["that is missing", undefined],
	])("%s is refused with how to make one, and without its value", (_, value) => {
		const decoded = decodeWebhookSecret(value);
		expect(decoded).toMatchObject({
			ok: false,
			error: expect.stringContaining("openssl rand -base64 32"),
		});
		expect(JSON.stringify(decoded)).not.toContain(keyOf(15));
	});
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
	type DeliveryFailure,
	deliveryPolicies,
	isGivenUp,
	nextDeliveryAtMs,
} from "../../../src/notify/deliver.ts";
import { atMs } from "./incidents.ts";

const failure = (retryAfterMs: number | null = null): DeliveryFailure => ({
	kind: "failed",
	reason: "no",
	retryAfterMs,
});
const hour = 3_600_000;

describe("the next attempt", () => {
	test.each([
		[1, 10_000],
		[2, 20_000],
		[3, 40_000],
		[9, 2_560_000],
		[10, hour],
		[99, hour],
		[2_000, hour],
	])("after %i attempts is about %i ms away, no two at once", (attempts, delayMs) => {
		expect(nextDeliveryAtMs(atMs, attempts, failure(), 0)).toBe(atMs + delayMs * 0.8);
		expect(nextDeliveryAtMs(atMs, attempts, failure(), 0.5)).toBe(atMs + delayMs);
		expect(nextDeliveryAtMs(atMs, attempts, failure(), 1)).toBe(atMs + delayMs * 1.2);
	});
	test("is never before the receiver wants it, and never more than a day away", () => {
		const anyDice = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
		const check = fc.property(fc.nat(200), fc.nat(), anyDice, (attempts, namedMs, dice) => {
			const nextAtMs = nextDeliveryAtMs(atMs, attempts, failure(namedMs), dice);
			expect(Number.isSafeInteger(nextAtMs)).toBe(true);
			expect(nextAtMs).toBeGreaterThanOrEqual(atMs + Math.min(namedMs, 24 * hour));
			expect(nextAtMs).toBeGreaterThanOrEqual(atMs + 8_000);
			expect(nextAtMs).toBeLessThanOrEqual(atMs + 24 * hour + 2_000);
		});
		fc.assert(check);
	});
	test("is not sooner because the receiver wants it sooner", () => {
		expect(nextDeliveryAtMs(atMs, 9, failure(1), 0)).toBe(atMs + 2_048_000);
	});
});

describe("giving up", () => {
	/** Failing for ever, from the first attempt on. */
	function failOn(policy: keyof typeof deliveryPolicies, dice: number) {
		let nowMs = atMs;
		let attempts = 1;
		while (!isGivenUp(policy, atMs, nowMs, attempts)) {
			nowMs = nextDeliveryAtMs(nowMs, attempts, failure(), dice);
			attempts += 1;
		}
		return { lastedMs: nowMs - atMs, attempts };
	}
	test.each([0, 0.5, 0.999])("a notice is tried for about three days (dice %f)", (dice) => {
		const { lastedMs, attempts } = failOn("notice", dice);
		expect(lastedMs).toBeGreaterThanOrEqual(72 * hour);
		expect(lastedMs).toBeLessThan(74 * hour);
		expect(attempts).toBeLessThan(deliveryPolicies.notice.attemptsMax);
	});
	test("a heartbeat is tried for a quarter of an hour: later it says what is no longer so", () => {
		expect(isGivenUp("heartbeat", atMs, atMs + 899_999, 7)).toBe(false);
		expect(isGivenUp("heartbeat", atMs, atMs + 900_000, 7)).toBe(true);
		expect(failOn("heartbeat", 0.5).attempts).toBeLessThan(deliveryPolicies.heartbeat.attemptsMax);
	});
	test("a clock that goes back makes no endless loop", () => {
		expect(isGivenUp("notice", atMs, atMs - hour, 99)).toBe(false);
		expect(isGivenUp("notice", atMs, atMs - hour, 100)).toBe(true);
		expect(isGivenUp("heartbeat", atMs, atMs - hour, 10)).toBe(true);
	});
});

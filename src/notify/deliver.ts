import { findRetryAfterMs, findWords, readAnswer, tellWords } from "./answer.ts";

/**
 * Telling somebody something over HTTP: one attempt, when the next one is made, and when it is given up. Who keeps
 * account of attempts is elsewhere.
 */
export interface OutgoingRequest {
	/** A secret: whoever knows it may post there. */
	readonly url: string;
	readonly method: "POST";
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string;
}

export interface DeliveryPorts {
	readonly fetch: typeof fetch;
	/** Epoch milliseconds. */
	readonly now: () => number;
	/** For the whole exchange, in milliseconds; 10 seconds when not said. */
	readonly timeoutMs?: number;
}

export type DeliveryOutcome = { readonly kind: "delivered" } | DeliveryFailure;

export interface DeliveryFailure {
	readonly kind: "failed";
	/** For people: at most about 300 characters, one line, nothing of the address or the headers in it. */
	readonly reason: string;
	/** How long the receiver wants to be left alone, as it said; null when it did not. */
	readonly retryAfterMs: number | null;
}

const standardTimeoutMs = 10_000;

/** Delivered is what was answered with 2xx in time, whatever came behind it. Never rejects. */
export async function send(
	request: OutgoingRequest,
	ports: DeliveryPorts,
): Promise<DeliveryOutcome> {
	// Taken out of its object: the platform's fetch refuses to be called as a method of another one.
	const { fetch, now, timeoutMs = standardTimeoutMs } = ports;
	const { url, method, headers, body } = request;
	const signal = AbortSignal.timeout(timeoutMs);
	try {
		// A followed redirect would carry the notice and its signature to who knows whom.
		const response = await fetch(url, { method, headers, body, redirect: "manual", signal });
		if (!response.ok) return await describeRefusal(response, request, signal, now());
		// A body that nobody reads keeps a connection; it has nothing to say.
		response.body?.cancel().catch(() => undefined);
		return { kind: "delivered" };
	} catch (error) {
		return failed(
			signal.aborted
				? `The receiver did not answer within ${timeoutMs / 1_000} s.`
				: `The connection to the receiver failed: ${tellWords(reasonOf(error), request)}`,
		);
	}
}

async function describeRefusal(
	response: Response,
	request: OutgoingRequest,
	signal: AbortSignal,
	nowMs: number,
): Promise<DeliveryFailure> {
	const { status, headers } = response;
	const body = await readAnswer(response, signal);
	if (status >= 300 && status < 400) {
		return failed(
			`The receiver answered ${status}, a redirect, which is not followed. Set the address that it leads to.`,
		);
	}
	const words = tellWords(findWords(body), request);
	return failed(
		`The receiver answered ${status}${words === "" ? "" : `: ${words}`}`,
		status === 429 || status === 503 ? findRetryAfterMs(headers, body, nowMs) : null,
	);
}

function failed(reason: string, retryAfterMs: number | null = null): DeliveryFailure {
	return { kind: "failed", reason, retryAfterMs };
}

function reasonOf(error: unknown): string {
	if (!(error instanceof Error)) return String(error);
	// Node says "fetch failed" and keeps the reason (ECONNREFUSED) in the cause.
	const cause = error.cause instanceof Error ? error.cause.message : "";
	return cause === "" ? error.message : `${error.message} (${cause})`;
}

const baseDelayMs = 10_000;
const longestDelayMs = 3_600_000;
/** Of the delay, to either side: so that what failed together does not come again together. */
const jitterShare = 0.2;
/** A wait that a receiver names is believed up to here; its clock may be wrong. */
const longestNamedDelayMs = 86_400_000;
/** On top of a named wait. */
const namedJitterMs = 2_000;

/** How long something is worth telling. A heartbeat that is later than its grace time says what is no longer so. */
export const deliveryPolicies = {
	/** 10 s, 20 s … 1 hour apart: about 80 attempts in 3 days. */
	notice: { lastsMs: 259_200_000, attemptsMax: 100 },
	/** About 7 attempts in 15 minutes. */
	heartbeat: { lastsMs: 900_000, attemptsMax: 10 },
} as const;
export type DeliveryPolicy = keyof typeof deliveryPolicies;

/**
 * @param attempts made so far, 1 after the first
 * @param dice in [0, 1)
 * @returns epoch milliseconds: 10 s, 20 s, 40 s … up to 1 hour from now, ± 20 %, and not before the receiver wants it
 */
export function nextDeliveryAtMs(
	nowMs: number,
	attempts: number,
	{ retryAfterMs }: DeliveryFailure,
	dice: number,
): number {
	const delayMs = Math.min(longestDelayMs, baseDelayMs * 2 ** Math.max(0, attempts - 1));
	const spreadMs = delayMs * (1 - jitterShare + 2 * jitterShare * dice);
	const namedMs =
		retryAfterMs === null ? 0 : Math.min(retryAfterMs, longestNamedDelayMs) + namedJitterMs * dice;
	return Math.ceil(nowMs + Math.max(spreadMs, namedMs));
}

/**
 * No further attempt is worth it.
 * @param nowMs now, or the time that `nextDeliveryAtMs` gave: an attempt that would come too late need not be waited for
 * @param attempts made so far
 */
export function isGivenUp(
	policy: DeliveryPolicy,
	firstAttemptAtMs: number,
	nowMs: number,
	attempts: number,
): boolean {
	const { lastsMs, attemptsMax } = deliveryPolicies[policy];
	return attempts >= attemptsMax || nowMs - firstAttemptAtMs >= lastsMs;
}

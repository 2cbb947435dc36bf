import { cutMessage, describeFailure, type Failure, type Outcome } from "../domain/outcome.ts";

/**
 * What can go wrong with Twitch, as a value, and the ONE mapping of it to an outcome.
 *
 * No message holds a token, a secret or a header: what the other side said is taken from its JSON's `message`
 * only, and freed of the secrets that were sent to it (`hideSecrets`).
 */
export interface TwitchFailure {
	readonly kind: TwitchFailureKind;
	/** For people. */
	readonly message: string;
	/** Twitch's HTTP status, when there was one. */
	readonly status?: number;
	/** Epoch milliseconds at which Twitch takes requests again; only of `throttled`. */
	readonly resetAtMs?: number;
}

/** How each failure goes on, and whether what tells one cause from another is Twitch's status. */
const kinds = {
	/** 400. */
	bad_request: { outcome: "permanent", groupedBy: "status" },
	/** 401, also with a token that was just made. */
	unauthorized: { outcome: "permanent", groupedBy: "status" },
	/** 404. */
	not_found: { outcome: "permanent", groupedBy: "status" },
	/** Any other status that is none of success and none of the server's own trouble. */
	refused: { outcome: "permanent", groupedBy: "status" },
	/** 429. */
	throttled: { outcome: "retryable", groupedBy: "status" },
	/** 500 and above. */
	server_error: { outcome: "retryable", groupedBy: "status" },
	/** A success whose body is not what Helix answers: cut off, HTML, another shape. */
	broken_answer: { outcome: "retryable", groupedBy: "kind" },
	timeout: { outcome: "retryable", groupedBy: "kind" },
	connection_lost: { outcome: "retryable", groupedBy: "kind" },
	/** Client id or secret are missing or wrong: for the operator to mend. */
	credentials: { outcome: "permanent", groupedBy: "kind" },
	/** No token could be had just now. */
	auth_unavailable: { outcome: "retryable", groupedBy: "kind" },
} as const;
export type TwitchFailureKind = keyof typeof kinds;
export const twitchFailureKinds = Object.keys(kinds) as TwitchFailureKind[];

/** The kind of a Helix status that is no success. */
export function kindOfStatus(status: number): TwitchFailureKind {
	if (status >= 500) return "server_error";
	switch (status) {
		case 400:
			return "bad_request";
		case 401:
			return "unauthorized";
		case 404:
			return "not_found";
		case 429:
			return "throttled";
		default:
			return "refused";
	}
}

/** The failure of a request that got no whole answer: what `fetch` or reading the body rejected with. */
export function describeLostAnswer(error: unknown): TwitchFailure {
	const name = error instanceof Error ? error.name : "";
	if (name === "TimeoutError" || name === "AbortError") {
		return { kind: "timeout", message: "Twitch did not answer in time." };
	}
	return {
		kind: "connection_lost",
		message: `The connection to Twitch was lost: ${reasonOf(error)}`,
	};
}

/** `code`: `twitch_not_found`; `fingerprint`: `twitch-http-404`, or `twitch-timeout` where no status tells more. */
export function failureOutcome(
	failure: TwitchFailure,
): Extract<Outcome, { kind: "retryable" | "permanent" }> {
	const { outcome, groupedBy } = kinds[failure.kind];
	const error: Failure = describeFailure({
		fingerprint:
			groupedBy === "status" && failure.status !== undefined
				? `twitch-http-${failure.status}`
				: `twitch-${failure.kind.replaceAll("_", "-")}`,
		code: `twitch_${failure.kind}`,
		message: failure.message,
		...(failure.status === undefined ? {} : { httpStatus: failure.status }),
	});
	if (outcome === "permanent") return { kind: "permanent", error };
	return failure.resetAtMs === undefined
		? { kind: "retryable", error }
		: { kind: "retryable", error, notBeforeMs: failure.resetAtMs };
}

/** Some proxies quote the request that they refuse. */
export function hideSecrets(message: string, secrets: readonly string[]): string {
	// Cut before hiding would leave the half of a secret that stands at the cut.
	let safe = message;
	for (const secret of secrets) {
		if (secret !== "") safe = safe.replaceAll(secret, "[hidden]");
	}
	return cutMessage(safe);
}

function reasonOf(error: unknown): string {
	if (!(error instanceof Error)) return String(error);
	// Node says "fetch failed" and keeps the reason (ECONNREFUSED) in the cause.
	const cause = error.cause instanceof Error ? error.cause.message : "";
	return cause === "" ? error.message : `${error.message} (${cause})`;
}

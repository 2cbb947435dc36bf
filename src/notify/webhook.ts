import { Webhook } from "standardwebhooks";
import { err, ok, type Result } from "../domain/result.ts";
import { formatTime } from "../domain/summary.ts";
import { type Notice, toldIncident } from "./notice.ts";
import { type PublicIncident, publicIncident } from "./public-incident.ts";

/** Notices for other programs, signed as www.standardwebhooks.com says; receivers verify them with its libraries. */
export interface WebhookPayload {
	readonly type: "incident.opened" | "incident.closed";
	/** When it was noticed; the header `webhook-timestamp` is that of the attempt. */
	readonly timestamp: string;
	readonly data: PublicIncident & { readonly runUrl: string | null };
}

export interface WebhookRequest {
	readonly body: string;
	readonly headers: Readonly<Record<string, string>>;
}

/** Bytes of the key, of which the specification says 24 to 64. */
const keyBytesMin = 24;
const keyBytesMax = 64;

/**
 * The body and headers of one attempt. The body and `webhook-id` are the same for every attempt, the signature is not:
 * receivers refuse one that is older than 5 minutes.
 *
 * @param secret as `decodeWebhookSecret` took it
 * @param nowMs of this attempt
 */
export function webhookRequest(notice: Notice, secret: string, nowMs: number): WebhookRequest {
	const { messageId, phase, atMs, runUrl } = notice;
	const payload: WebhookPayload = {
		type: `incident.${phase}`,
		timestamp: formatTime(atMs),
		data: { ...publicIncident(toldIncident(notice), atMs), runUrl },
	};
	const body = JSON.stringify(payload);
	return {
		body,
		headers: {
			"content-type": "application/json",
			"webhook-id": messageId,
			"webhook-timestamp": String(Math.floor(nowMs / 1_000)),
			"webhook-signature": new Webhook(secret).sign(messageId, new Date(nowMs), body),
		},
	};
}

/** `whsec_` and 24 to 64 bytes in base64. The error says how to make one, and nothing of the value. */
export function decodeWebhookSecret(value: unknown): Result<string, string> {
	const bytes = typeof value === "string" ? keyBytesOf(value) : undefined;
	return bytes !== undefined && bytes >= keyBytesMin && bytes <= keyBytesMax
		? ok(value as string)
		: err(
				`must be whsec_ and then ${keyBytesMin} to ${keyBytesMax} random bytes in base64; make one with: echo "whsec_$(openssl rand -base64 32)"`,
			);
}

function keyBytesOf(secret: string): number | undefined {
	const base64 = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret)?.[1];
	// Without its padding, libraries differ in what they make of it.
	if (base64 === undefined || base64.length % 4 !== 0) return undefined;
	return atob(base64).length;
}

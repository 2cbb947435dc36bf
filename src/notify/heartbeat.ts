import type { RunId } from "../domain/ids.ts";
import type { OutgoingRequest } from "./deliver.ts";

/**
 * Heartbeats by the protocol of healthchecks.io (its docs, "Pinging API"): a service outside of Cloudflare that speaks
 * up when they stay away.
 */
export const heartbeatSignals = ["start", "success", "fail"] as const;
export type HeartbeatSignal = (typeof heartbeatSignals)[number];

export interface Heartbeat {
	/** Ties the end of a run to its start, so that runs which overlap are measured apart. */
	readonly runId: RunId;
	readonly signal: HeartbeatSignal;
	/** For people; cut to 10,000 bytes. */
	readonly text: string;
}

const pathOf: Readonly<Record<HeartbeatSignal, string>> = {
	start: "/start",
	success: "",
	fail: "/fail",
};

/** Bytes of the body; the service keeps 10 kB or more of it. */
const bodyBytesMax = 10_000;

/** @param url the check's own, with a UUID or a slug, as config.ts has checked it; its query is kept (`create=1`) */
export async function heartbeatRequest(
	url: string,
	{ runId, signal, text }: Heartbeat,
): Promise<OutgoingRequest> {
	const address = new URL(url);
	address.pathname = address.pathname.replace(/\/+$/, "") + pathOf[signal];
	address.searchParams.set("rid", await uuidOf(runId));
	return {
		url: address.href,
		method: "POST",
		headers: { "content-type": "text/plain; charset=utf-8" },
		body: cutToBytes(text, bodyBytesMax),
	};
}

/** Version 8 of RFC 9562, whose bits are one's own: the head of the run id's SHA-256. Canonical, as the service wants it. */
async function uuidOf(runId: RunId): Promise<string> {
	const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(runId));
	const bytes = new Uint8Array(digest, 0, 16);
	const hex = [...bytes]
		.map((byte, index) => {
			if (index === 6) return (byte & 0x0f) | 0x80;
			return index === 8 ? (byte & 0x3f) | 0x80 : byte;
		})
		.map((byte) => byte.toString(16).padStart(2, "0"))
		.join("");
	return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** Whole characters only: what is no UTF-8 is not kept by the service. */
function cutToBytes(text: string, bytesMax: number): string {
	const { read } = new TextEncoder().encodeInto(text, new Uint8Array(bytesMax));
	return text.slice(0, read);
}

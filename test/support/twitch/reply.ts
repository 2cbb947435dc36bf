/** Owns what an answer is before it is sent, and the one shape in which Helix says no. */
import { STATUS_CODES } from "node:http";

export interface Reply {
	status: number;
	body: string | Buffer;
}

/** Most answers are this one (three streamers of four make no clips), so it is made once. */
export const emptyPage: Reply = { status: 200, body: Buffer.from('{"data":[],"pagination":{}}') };

export function answer(body: unknown): Reply {
	return { status: 200, body: JSON.stringify(body) };
}

/** Helix's error: `{"error","status","message"}`. */
export function refusal(status: number, message: string): Reply {
	const error = STATUS_CODES[status] ?? "Error";
	return { status, body: JSON.stringify({ error, status, message }) };
}

/** Owns how an answer is put on a connection, and how a form is taken off it. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { emptyPage, type Reply, refusal } from "./reply.ts";
import type { ScriptedReply } from "./scripted.ts";

export const JSON_TYPE = "application/json; charset=utf-8";

/** Sends an answer with its length known, so that the connection stays usable. */
export function send(
	response: ServerResponse,
	reply: Reply,
	headers: Record<string, string>,
): void {
	response.writeHead(reply.status, {
		"Content-Type": JSON_TYPE,
		"Content-Length": Buffer.byteLength(reply.body),
		...headers,
	});
	response.end(reply.body);
}

/** Reads a body as text; what is longer than `lengthMost` is cut off, and is refused for what it then lacks. */
export function readText(
	request: IncomingMessage,
	lengthMost: number,
	then: (text: string) => void,
): void {
	let text = "";
	request.setEncoding("utf8");
	request.on("data", (chunk: string) => {
		if (text.length < lengthMost) text += chunk;
	});
	request.on("end", () => then(text));
}

/** Plays a reply that answers on the wire; `usual` are the headers that every answer has. */
export function playScript(
	response: ServerResponse,
	script: ScriptedReply,
	usual: Record<string, string>,
): void {
	if (script.drop) {
		response.destroy();
		return;
	}
	const status = script.status ?? 200;
	const body = script.body ?? (status < 400 ? emptyPage : refusal(status, "")).body;
	// One by one, because a name may come again in other capitals and the script's must win.
	for (const headers of [{ "Content-Type": JSON_TYPE }, usual, script.headers ?? {}]) {
		for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
	}
	response.statusCode = status;
	response.end(body);
}

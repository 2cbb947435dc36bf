/** Owns how a failure looks on the wire. */
import type { ServerResponse } from "node:http";
import { type Reply, refusal } from "../reply.ts";
import { JSON_TYPE, send } from "../wire.ts";
import type { Failure } from "./failures.ts";

const PROXY_PAGE = `<html>
<head><title>502 Bad Gateway</title></head>
<body><center><h1>502 Bad Gateway</h1></center><hr><center>awselb/2.0</center></body>
</html>
`;

/** @param reply what a good day would have answered */
export function playFailure(
	response: ServerResponse,
	{ name, inTheMiddle }: Failure,
	reply: Reply,
	headers: Record<string, string>,
): void {
	const whole = Buffer.from(reply.body);
	const half = whole.subarray(0, Math.floor(whole.length / 2));
	switch (name) {
		case "server-errors":
			send(response, refusal(500, ""), headers);
			return;
		case "bad-gateways":
			send(
				response,
				{ status: 502, body: PROXY_PAGE },
				{ ...headers, "Content-Type": "text/html" },
			);
			return;
		case "cut-answers":
			if (!inTheMiddle) {
				send(response, { status: 200, body: half }, headers);
				return;
			}
			// Only once it is on its way, so that the client has begun to read.
			sendHalf(response, half, whole.length, headers, () => response.destroy());
			return;
		case "unanswered":
			if (inTheMiddle) sendHalf(response, half, whole.length, headers);
			return;
		case "dropped-connections":
			response.destroy();
			return;
	}
}

/** Promises more than it sends. */
function sendHalf(
	response: ServerResponse,
	half: Buffer,
	length: number,
	headers: Record<string, string>,
	then: () => void = () => {},
): void {
	response.writeHead(200, { "Content-Type": JSON_TYPE, "Content-Length": length, ...headers });
	response.write(half, then);
}

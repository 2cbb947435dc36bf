import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

/** Somebody who is told over HTTP: a server that remembers what came, and answers as a test wants. */
export interface Receiver {
	readonly url: string;
	readonly received: ReceivedRequest[];
	/** Status and headers of the next answers; 204 when there is none left. */
	readonly answers: { readonly status: number; readonly headers?: Record<string, string> }[];
	close(): Promise<void>;
}

export interface ReceivedRequest {
	readonly path: string;
	readonly headers: IncomingHttpHeaders;
	readonly body: string;
	readonly atMs: number;
}

export async function startReceiver(): Promise<Receiver> {
	const received: ReceivedRequest[] = [];
	const answers: Receiver["answers"] = [];
	const server = createServer(async (request, response) => {
		const chunks: Buffer[] = [];
		for await (const chunk of request) chunks.push(chunk as Buffer);
		const body = Buffer.concat(chunks).toString();
		const { url: path = "", headers } = request;
		received.push({ path, headers, body, atMs: Date.now() });
		const { status, headers: answered = {} } = answers.shift() ?? { status: 204 };
		response.writeHead(status, answered).end();
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	const { port } = server.address() as AddressInfo;
	return {
		url: `http://127.0.0.1:${port}`,
		received,
		answers,
		close: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
}

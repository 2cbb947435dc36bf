import { Agent, request as httpRequest, type IncomingHttpHeaders } from "node:http";
import type { PlainRequest } from "./mutated-requests.ts";

/** Sends what `fetch` would not: bodies of a GET, odd bytes in headers, paths as they are, lengths that lie. */
export interface RawAnswer {
	readonly status: number;
	readonly headers: IncomingHttpHeaders;
	readonly text: string;
}

export class RawClient {
	readonly #url: URL;
	readonly #agent = new Agent({ keepAlive: true, maxSockets: 16 });

	constructor(url: URL) {
		this.#url = url;
	}

	send({ method, path, query, headers, body }: PlainRequest): Promise<RawAnswer> {
		return new Promise((resolve, reject) => {
			const search = query.length === 0 ? "" : `?${query.join("&")}`;
			const outgoing = httpRequest(
				{
					host: this.#url.hostname,
					port: this.#url.port,
					agent: this.#agent,
					method,
					path: `/${path.join("/")}${search}`,
					headers: {
						...headers,
						...(body === null || "transfer-encoding" in headers
							? {}
							: { "content-length": body.length }),
					},
				},
				(incoming) => {
					const chunks: Buffer[] = [];
					incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
					incoming.on("error", reject);
					incoming.on("end", () =>
						resolve({
							status: incoming.statusCode ?? 0,
							headers: incoming.headers,
							text: Buffer.concat(chunks).toString(),
						}),
					);
				},
			);
			outgoing.on("error", reject);
			outgoing.end(body ?? undefined);
		});
	}

	close(): void {
		this.#agent.destroy();
	}
}

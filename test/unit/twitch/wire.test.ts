import { afterEach, expect, test } from "vitest";
import { failureOutcome, type TwitchFailure } from "../../../src/twitch/failure.ts";
import { createClient } from "./client.ts";
import { asked } from "./helix-answers.ts";
import { listen } from "./local-server.ts";

const servers: { close: () => Promise<void> }[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())));

async function failOn(answer: Parameters<typeof listen>[0]): Promise<TwitchFailure> {
	const server = await listen(answer);
	servers.push(server);
	// As the engine does it: the time-out goes on until the body is read.
	const fetcher = (_: unknown, init?: RequestInit) =>
		fetch(server.url, { ...init, signal: AbortSignal.timeout(150) });
	const page = await createClient(fetcher as typeof fetch).getClips(asked, null, { requests: 0 });
	if (page.ok) throw new Error("this was to fail");
	return page.error;
}

test("Twitch never answers: a time-out", async () => {
	expect(await failOn(() => undefined)).toMatchObject({ kind: "timeout" });
});

test("Twitch begins its answer and hangs: a time-out", async () => {
	const failure = await failOn((_, response) => {
		response.writeHead(200, { "Content-Type": "application/json" });
		response.write('{"data":[');
	});
	expect(failure).toMatchObject({ kind: "timeout" });
});

test("Twitch begins to say why not and hangs: its status has said enough", async () => {
	const failure = await failOn((_, response) => {
		response.writeHead(500);
		response.write("{");
	});
	expect(failure).toMatchObject({ kind: "server_error", status: 500 });
});

test("the connection breaks before the answer", async () => {
	const failure = await failOn((request) => request.socket.destroy());
	expect(failureOutcome(failure)).toMatchObject({
		kind: "retryable",
		error: { code: "twitch_connection_lost", fingerprint: "twitch-connection-lost" },
	});
});

test("the connection breaks inside the answer", async () => {
	const failure = await failOn((request, response) => {
		response.writeHead(200, { "Content-Length": "1000" });
		response.write('{"data":[', () => request.socket.destroy());
	});
	expect(failure).toMatchObject({ kind: "connection_lost" });
});

test("a redirect is not followed: it would cost a request and take our credentials along", async () => {
	const paths: (string | undefined)[] = [];
	const failure = await failOn((request, response) => {
		paths.push(request.url);
		response.writeHead(302, { Location: "/elsewhere" });
		response.end();
	});
	expect(paths).toHaveLength(1);
	expect(failureOutcome(failure)).toMatchObject({
		kind: "permanent",
		error: {
			code: "twitch_refused",
			fingerprint: "twitch-http-302",
			message: expect.stringContaining("TWITCH_API_URL"),
		},
	});
});

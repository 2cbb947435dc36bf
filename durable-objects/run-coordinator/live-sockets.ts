import { type LiveFeed, type LivePorts, type Watcher, watchMaxMs } from "./live.ts";

/** The platform's side of live.ts: hibernating sockets of a Durable Object. */
export function livePortsOf(ctx: DurableObjectState): LivePorts {
	return {
		watchers: () =>
			ctx
				.getWebSockets()
				.filter(({ readyState }) => readyState === WebSocket.OPEN)
				.map(watcherOf),
		later: (ms, callback) => void setTimeout(callback, ms),
	};
}

/** By this the Worker says when the session of who asks expires, epoch milliseconds; a token does not. */
export const expiresHeader = "x-session-expires-at-ms";

/** The upgrade itself: who may is decided by the Worker, whether there is something to see by the feed. */
export function openSocket(
	ctx: DurableObjectState,
	feed: LiveFeed,
	request: Request,
	nowMs: number,
): Response {
	const expiresAtMs = Number(request.headers.get(expiresHeader) ?? Number.POSITIVE_INFINITY);
	const untilMs = Math.min(expiresAtMs, nowMs + watchMaxMs);
	const { 0: client, 1: server } = new WebSocketPair();
	const answer = feed.watch(() => {
		ctx.acceptWebSocket(server);
		server.serializeAttachment({ untilMs });
		return watcherOf(server);
	});
	if (answer.kind === "watching") return new Response(null, { status: 101, webSocket: client });
	return Response.json(answer, { status: 409 });
}

/** This socket only tells: `ping` is answered while the object sleeps, anything else ends it. */
export function hearSocket(socket: WebSocket): void {
	socket.close(1003, "this socket only tells");
}

export function answerPings(ctx: DurableObjectState): void {
	ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("ping", "pong"));
}

function watcherOf(socket: WebSocket): Watcher {
	return {
		untilMs: (socket.deserializeAttachment() as { untilMs?: number } | null)?.untilMs ?? 0,
		send: (text) => socket.send(text),
		close: (code, reason) => socket.close(code, reason),
	};
}

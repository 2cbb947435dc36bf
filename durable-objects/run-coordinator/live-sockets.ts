import type { LiveFeed, LivePorts, Watcher } from "./live.ts";

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

/** The upgrade itself: who may is decided by the Worker, whether there is something to see by the feed. */
export function openSocket(ctx: DurableObjectState, feed: LiveFeed, nowMs: number): Response {
	const { 0: client, 1: server } = new WebSocketPair();
	const answer = feed.watch(() => {
		ctx.acceptWebSocket(server);
		server.serializeAttachment({ sinceMs: nowMs });
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
		sinceMs: (socket.deserializeAttachment() as { sinceMs?: number } | null)?.sinceMs ?? 0,
		send: (text) => socket.send(text),
		close: (code, reason) => socket.close(code, reason),
	};
}

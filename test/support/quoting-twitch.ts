import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/**
 * A Twitch that quotes whatever it was sent, and more that it should not know: the Authorization header, the client
 * secret and the whole form stand in its errors, bodies, headers and broken answers.
 */
export interface QuotingTwitch {
	readonly apiUrl: string;
	readonly authUrl: string;
	/** Which answer each streamer gets, by the broadcaster's id; others get an empty page. */
	readonly habits: Map<string, Habit>;
	/** How the token endpoint answers; null gives a token. */
	tokenHabit: TokenHabit | null;
	/** How many answers quoted a secret. */
	quoted: number;
	close(): Promise<void>;
}

type Answer = (response: ServerResponse, quote: string) => void;

const sendError = (status: number): Answer => {
	return (response, quote) => {
		response.writeHead(status, { "content-type": "application/json", "x-quote": quote });
		response.end(JSON.stringify({ error: quote, status, message: `refused: ${quote}` }));
	};
};
const sendText = (status: number, write: (quote: string) => string): Answer => {
	return (response, quote) => {
		response.writeHead(status, { "x-quote": quote }).end(write(quote));
	};
};

/** What Get Clips does with what it was sent. */
export const habits = {
	badRequest: sendError(400),
	unauthorized: sendError(401),
	notFound: sendError(404),
	throttled: sendError(429),
	serverError: sendError(500),
	html: sendText(502, (quote) => `<html><title>${quote}</title></html>`),
	brokenJson: sendText(200, (quote) => `{"data":[],"${quote}`),
	otherShape: sendText(200, (quote) => JSON.stringify({ data: quote, token: quote })),
	noClips: sendText(200, (quote) => JSON.stringify({ data: [quote, { title: quote }] })),
	/** The quote stands where a long message is cut. */
	longMessage: (response, quote) => {
		const message = `${"x".repeat(230)} ${quote} ${quote}`;
		response.writeHead(403).end(JSON.stringify({ message }));
	},
	oddCharacters: (response, quote) => {
		response.writeHead(403).end(JSON.stringify({ message: `\n\u0000"${quote}"\t` }));
	},
	redirect: (response, quote) => {
		response.writeHead(302, { location: `/helix/${encodeURIComponent(quote)}` }).end(quote);
	},
	hangUp: (response) => {
		response.destroy();
	},
} satisfies Record<string, Answer>;
export type Habit = keyof typeof habits;

export const tokenHabits = {
	wrongSecret: sendError(403),
	badRequest: sendError(400),
	down: sendError(503),
	html: sendText(500, (quote) => `<html>${quote}</html>`),
	noJson: sendText(200, (quote) => quote),
	noToken: sendText(200, (quote) => JSON.stringify({ token: quote })),
	redirect: habits.redirect,
	hangUp: habits.hangUp,
} satisfies Record<string, Answer>;
export type TokenHabit = keyof typeof tokenHabits;

export async function startQuotingTwitch(secrets: {
	readonly accessToken: string;
	readonly clientSecret: string;
}): Promise<QuotingTwitch> {
	const server = createServer(
		(request, response) => void answer(request, response).catch(() => response.destroy()),
	);
	const twitch = {
		apiUrl: "",
		authUrl: "",
		habits: new Map<string, Habit>(),
		tokenHabit: null as TokenHabit | null,
		quoted: 0,
		close: () =>
			new Promise<void>((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};

	async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const form = await text(request);
		const url = new URL(request.url ?? "", "http://twitch.test");
		const { authorization = "" } = request.headers;
		const quote = `${authorization} ${form} ${secrets.clientSecret}`;
		if (url.pathname === "/oauth2/token") {
			if (twitch.tokenHabit !== null) {
				twitch.quoted += 1;
				tokenHabits[twitch.tokenHabit](response, quote);
				return;
			}
			response.end(JSON.stringify({ access_token: secrets.accessToken, expires_in: 5_000 }));
			return;
		}
		const habit = twitch.habits.get(url.searchParams.get("broadcaster_id") ?? "");
		if (habit === undefined) {
			response.end(JSON.stringify({ data: [], pagination: {} }));
			return;
		}
		twitch.quoted += 1;
		habits[habit](response, quote);
	}

	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	twitch.apiUrl = `${url}/helix`;
	twitch.authUrl = `${url}/oauth2`;
	return twitch;
}

import { describe, expect, it } from "vitest";
import { issueToken, NOW_MS, signIn, start } from "./client.ts";

describe("tokens", () => {
	it("lets nobody in without a token of its own, nor with another client's id", async () => {
		const twitch = await start();
		const url = `${twitch.apiUrl}/clips?broadcaster_id=1`;
		const { access_token } = (await (await issueToken(twitch)).json()) as { access_token: string };
		const good = { Authorization: `Bearer ${access_token}`, "Client-Id": twitch.clientId };
		const strangers: Record<string, string>[] = [
			{},
			{ "Client-Id": twitch.clientId },
			{ Authorization: good.Authorization },
			{ ...good, Authorization: "Bearer invented" },
			{ ...good, Authorization: access_token },
			{ ...good, "Client-Id": "another" },
		];
		for (const headers of strangers) {
			const response = await fetch(url, { headers });
			expect([response.status, await response.json()]).toEqual([
				401,
				{ error: "Unauthorized", status: 401, message: "Invalid OAuth token" },
			]);
		}
		expect((await fetch(url, { headers: good })).status).toBe(200);
		expect(twitch.counts).toMatchObject({ clips: 7, tokens: 1, unauthorized: 6 });
	});

	it("stops taking tokens once they are revoked or have expired", async () => {
		const twitch = await start({ tokenLifetimeSeconds: 60 });
		const [get, getAgain] = [await signIn(twitch), await signIn(twitch)];
		const status = async (ask: typeof get) => (await ask("/clips", { broadcaster_id: 1 })).status;
		expect([await status(get), await status(getAgain)]).toEqual([200, 200]);
		twitch.revokeTokens();
		expect([await status(get), await status(getAgain)]).toEqual([401, 401]);
		const newest = await signIn(twitch);
		expect(await status(newest)).toBe(200);
		twitch.setNow(NOW_MS + 60_000);
		expect(await status(newest)).toBe(401);
	});

	it("issues a new token each time, and none for a wrong client", async () => {
		const twitch = await start({ clientId: "me", clientSecret: "hush" });
		const [one, two] = [await issueToken(twitch), await issueToken(twitch)];
		const body = (await one.json()) as { access_token: string };
		expect(body).toEqual({
			access_token: expect.stringMatching(/^[a-z0-9]{30}$/),
			expires_in: 5_000_000,
			token_type: "bearer",
		});
		expect(((await two.json()) as typeof body).access_token).not.toBe(body.access_token);
		const wrongClient = await issueToken(twitch, { client_id: "you" });
		expect([wrongClient.status, await wrongClient.json()]).toEqual([
			400,
			{ status: 400, message: "invalid client" },
		]);
		const wrongSecret = await issueToken(twitch, { client_secret: "shout" });
		expect([wrongSecret.status, await wrongSecret.json()]).toEqual([
			403,
			{ status: 403, message: "invalid client secret" },
		]);
		expect((await issueToken(twitch, { grant_type: "password" })).status).toBe(400);
	});
});

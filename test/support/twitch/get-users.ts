/** Owns `GET /helix/users`: who has these ids and logins. */
import { Random } from "./random.ts";
import { answer, type Reply, refusal } from "./reply.ts";
import type { Person } from "./streamers.ts";
import type { World } from "./world.ts";

/** Ids and logins together. */
const USERS_MOST = 100;

const LOGIN = /^[a-z0-9_]{1,25}$/i;

export function getUsers(world: World, query: URLSearchParams): Reply {
	const ids = query.getAll("id");
	const logins = query.getAll("login");
	if (ids.length + logins.length === 0) {
		return refusal(
			400,
			"The id or login query parameter is required unless the request uses a user access token.",
		);
	}
	if (ids.length + logins.length > USERS_MOST) {
		return refusal(
			400,
			`The number of id and login query parameters must not exceed ${USERS_MOST}.`,
		);
	}
	if (!ids.every((id) => /^\d+$/.test(id)) || !logins.every((login) => LOGIN.test(login))) {
		return refusal(400, "Invalid username(s), email(s), or ID(s). Bad Identifiers.");
	}
	const found = [
		...ids.map((id) => world.findById(id)),
		...logins.map((login) => world.findByLogin(login)),
	].filter((person) => person !== undefined);
	return answer({ data: [...new Set(found)].map((person) => describeUser(world.seed, person)) });
}

function describeUser(seed: number, person: Person): Record<string, unknown> {
	const random = new Random(seed, person.index, 40);
	const picture = random.letters(16);
	const createdAtMs = Date.UTC(2013, 0, 1) + random.below(9 * 365 * 86_400) * 1000;
	return {
		id: person.id,
		login: person.login,
		display_name: person.displayName,
		type: "",
		broadcaster_type: random.pick(["partner", "affiliate", "affiliate", ""]),
		description:
			person.language === "ja"
				? "ゲームとおしゃべり。お手柔らかに。"
				: "Variety and role-play. Be kind.",
		profile_image_url: `https://static-cdn.jtvnw.net/jtv_user_pictures/${picture}-profile_image-300x300.png`,
		offline_image_url: "",
		// Twitch has stopped counting these and gives 0.
		view_count: 0,
		created_at: `${new Date(createdAtMs).toISOString().slice(0, 19)}Z`,
	};
}

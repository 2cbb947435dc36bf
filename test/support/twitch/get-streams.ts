/** Owns `GET /helix/streams`: who is live now, of the streamers asked for or of all. */
import { pageOf } from "./listing.ts";
import { BadParameter, decodeAfter, decodeFirst } from "./parameters.ts";
import { hash } from "./random.ts";
import { answer, type Reply, refusal } from "./reply.ts";
import type { Person } from "./streamers.ts";
import { dayOf, type Stream, streamOn, viewersAt } from "./streams.ts";
import type { World } from "./world.ts";

const USERS_MOST = 100;

interface LiveStream {
	person: Person;
	stream: Stream;
	viewers: number;
}

export function getStreams(world: World, query: URLSearchParams, nowMs: number): Reply {
	const ids = query.getAll("user_id");
	const logins = query.getAll("user_login");
	if (ids.length > USERS_MOST || logins.length > USERS_MOST) {
		return refusal(400, `You may specify a maximum of ${USERS_MOST} user_id or user_login values.`);
	}
	const first = decodeFirst(query);
	if (first instanceof BadParameter) return refusal(400, first.message);
	const offset = decodeAfter(query);
	if (offset instanceof BadParameter) return refusal(400, offset.message);

	const asked =
		ids.length + logins.length === 0
			? world.people
			: [
					...ids.map((id) => world.findById(id)),
					...logins.map((login) => world.findByLogin(login)),
				].filter((person) => person !== undefined);
	const live = [...new Set(asked)]
		.map((person) => findLiveStream(world.seed, person, nowMs))
		.filter((stream) => stream !== undefined)
		.sort((a, b) => b.viewers - a.viewers || a.person.index - b.person.index);
	const page = pageOf(live, offset, first);
	return answer({ ...page, data: page.data.map((stream) => describeStream(world.seed, stream)) });
}

/** A stream never goes past midnight UTC, so today's is the only one that can be on. */
function findLiveStream(seed: number, person: Person, nowMs: number): LiveStream | undefined {
	if (!person.active) return undefined;
	const stream = streamOn(seed, person, dayOf(nowMs));
	if (nowMs < stream.startedAtMs || nowMs >= stream.endedAtMs) return undefined;
	return { person, stream, viewers: viewersAt(seed, person, stream, nowMs) };
}

function describeStream(seed: number, { person, stream, viewers }: LiveStream) {
	const [gameId, gameName] = stream.game;
	const started = Math.floor(stream.startedAtMs / 1000);
	return {
		// Ids of streams are unlike those of their videos, and are not needed to be found again.
		id: String(40_000_000_000 + hash(seed, person.index, started, 41)),
		user_id: person.id,
		user_login: person.login,
		user_name: person.displayName,
		game_id: gameId,
		game_name: gameName,
		type: "live",
		title: stream.title,
		viewer_count: viewers,
		started_at: `${new Date(stream.startedAtMs).toISOString().slice(0, 19)}Z`,
		language: person.language,
		thumbnail_url: `https://static-cdn.jtvnw.net/previews-ttv/live_user_${person.login}-{width}x{height}.jpg`,
		tag_ids: [],
		tags: person.language === "ja" ? ["日本語", "RP"] : ["English", "RP"],
		is_mature: false,
	};
}

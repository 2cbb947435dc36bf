/** What Helix sends, as the tests here script it. */
export const hourMs = 3_600_000;
export const windowFromMs = Date.parse("2026-11-22T17:00:00Z");
export const windowToMs = Date.parse("2026-11-23T17:00:00Z");
export const streamer = "1001";
export const asked = { broadcasterId: streamer, fromMs: windowFromMs, toMs: windowToMs };

/** A clip as Get Clips sends it; `overrides` by Helix's names, undefined leaves a field out. */
export function helixClip(id: string, overrides: Record<string, unknown> = {}): unknown {
	const clip: Record<string, unknown> = {
		id,
		url: `https://clips.twitch.tv/${id}`,
		embed_url: `https://clips.twitch.tv/embed?clip=${id}`,
		broadcaster_id: streamer,
		broadcaster_name: "山田",
		creator_id: "77",
		creator_name: "Viewer",
		video_id: "",
		game_id: "32982",
		language: "ja",
		title: `Title of ${id}`,
		view_count: 3,
		created_at: "2026-11-23T12:00:00Z",
		thumbnail_url: `https://thumbnails.example/${id}-preview-480x272.jpg`,
		duration: 29.5,
		vod_offset: null,
		is_featured: false,
		...overrides,
	};
	return Object.fromEntries(Object.entries(clip).filter(([, value]) => value !== undefined));
}

/** `count` clips named `prefix0`, `prefix1`, … */
export function helixClips(prefix: string, count: number): unknown[] {
	return Array.from({ length: count }, (_, index) => helixClip(`${prefix}${index}`));
}

export function pageOf(items: readonly unknown[], cursor?: string): Response {
	return Response.json({ data: items, pagination: cursor === undefined ? {} : { cursor } });
}

export function refusalOf(
	status: number,
	message: string,
	headers: Record<string, string> = {},
): Response {
	return Response.json({ error: "Error", status, message }, { status, headers });
}

export type Answer = (url: URL, headers: Headers) => Response | Promise<Response>;

/** A `fetch` that answers as written, and remembers what it was asked. */
export function scriptFetch(answer: Answer): { fetch: typeof fetch; asked: URL[] } {
	const asked: URL[] = [];
	const scripted = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
		const url = new URL(String(input));
		asked.push(url);
		return answer(url, new Headers(init?.headers as Record<string, string>));
	};
	return { fetch: scripted as typeof fetch, asked };
}

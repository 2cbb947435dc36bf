/**
 * Owns the shapes of `thumbnail_url`: the four that Twitch has used over the years, and the picture
 * of nothing that it gives when there is none. Whoever parses them loses; that is the point.
 */
import type { Random } from "./random.ts";

const NOTHING_SHARE = 0.02;

export function makeThumbnailUrl(
	random: Random,
	clipId: string,
	videoId: string,
	intoStreamSeconds: number,
): string {
	if (random.chance(NOTHING_SHARE)) {
		return "https://vod-secure.twitch.tv/_404/404_processing_320x180.png";
	}
	const assets = "https://clips-media-assets2.twitch.tv";
	const number = random.between(100_000_000, 4_000_000_000);
	switch (random.below(4)) {
		case 0:
			return `${assets}/AT-cm%7C${number}-preview-480x272.jpg`;
		case 1:
			return `${assets}/${videoId}-offset-${intoStreamSeconds}-preview-480x272.jpg`;
		case 2:
			return `${assets}/${clipId.slice(-16)}/AT-cm%7C${clipId.slice(-16)}-preview-480x272.jpg`;
		default:
			return `https://static-cdn.jtvnw.net/twitch-clips-thumbnails-prod/${clipId}/${uuid(random)}/preview-480x272.jpg`;
	}
}

function uuid(random: Random): string {
	const hex = (): string => random.integer().toString(16).padStart(8, "0");
	const [a, b, c, d] = [hex(), hex(), hex(), hex()];
	return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-a${c.slice(1, 4)}-${c.slice(4)}${d}`;
}

/**
 * Owns what a clip's id looks like: Twitch's four words and sixteen signs. The signs hide streamer,
 * day and number, so that Get Clips by id finds any clip without an index of all that were ever
 * made.
 */
import { hash, listOf, Random } from "./random.ts";

export interface ClipPlace {
	streamerIndex: number;
	/** Days since 1970, below 65,536. */
	day: number;
	/** Among the clips of the day, below 65,536. */
	number: number;
}

const SIGNS_BYTES = 12;
const SIGNS_LENGTH = 16;

const MANNERS = listOf(
	"Awkward Brave Calm Dapper Eager Fierce Gentle Hilarious Inventive Jolly Kind Lively Magnificent Nimble Odd Proud Quaint Radiant Smooth Tender Uptight Vivid Witty Zealous",
);
const LOOKS = listOf(
	"Blue Crafty Dusty Elegant Fuzzy Green Hidden Icy Lazy Merry Noisy Orange Plain Quick Round Shiny Tall Wet",
);
const THINGS = listOf(
	"Otter Wombat Salamander Beaver Clam Dolphin Eel Falcon Goat Heron Ibex Jackal Kiwi Lapwing Mallard Newt Oyster Panda Quail Rook Sardine Tofu Udon Wasabi Yak Zebra",
);
const FACES = listOf(
	"Kappa PogChamp BibleThump NotLikeThis SwiftRage FrankerZ TheTarFu OSfrog PJSalt Kreygasm HeyGuys TakeNRG SeemsGood DansGame",
);

export function clipIdOf(seed: number, place: ClipPlace): string {
	const { streamerIndex, day, number } = place;
	const check = hash(seed, streamerIndex, day, number, 20);
	const signs = Buffer.alloc(SIGNS_BYTES);
	const dayAndNumber = ((number >>> 8) << 24) | (day << 8) | (number & 0xff);
	signs.writeUInt32BE(check, 0);
	signs.writeUInt32BE((streamerIndex ^ hash(seed, check, 21)) >>> 0, 4);
	signs.writeUInt32BE((dayAndNumber ^ hash(seed, check, 22)) >>> 0, 8);
	const random = new Random(check);
	const name = [MANNERS, LOOKS, THINGS, FACES].map((list) => random.pick(list)).join("");
	return `${name}-${signs.toString("base64url")}`;
}

/** Where the clip with this id would be; undefined when no clip of this world can have it. */
export function findClipPlace(seed: number, id: string): ClipPlace | undefined {
	const signs = Buffer.from(id.slice(-SIGNS_LENGTH), "base64url");
	if (signs.length !== SIGNS_BYTES) return undefined;
	const check = signs.readUInt32BE(0);
	const dayAndNumber = (signs.readUInt32BE(8) ^ hash(seed, check, 22)) >>> 0;
	const place = {
		streamerIndex: (signs.readUInt32BE(4) ^ hash(seed, check, 21)) >>> 0,
		day: (dayAndNumber >>> 8) & 0xffff,
		number: ((dayAndNumber >>> 24) << 8) | (dayAndNumber & 0xff),
	};
	return clipIdOf(seed, place) === id ? place : undefined;
}

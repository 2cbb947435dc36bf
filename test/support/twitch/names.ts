/**
 * Owns how an invented person is called: a login (lower-case Latin, unique) and a display name,
 * which on Twitch is either the login in other capitals or a name in Japanese script.
 */
import {
	japaneseFamilies,
	japaneseGivens,
	japaneseMoods,
	japaneseThings,
	latinMoods,
	latinThings,
} from "./name-words.ts";
import type { Random } from "./random.ts";

/** The longest login that Twitch allows. */
const LOGIN_LENGTH = 25;

const JAPANESE_SHARE = 0.58;

export interface Name {
	login: string;
	displayName: string;
	japanese: boolean;
}

/**
 * Draws a name and adds its login to `taken`; one that was taken gets a number, as people do it.
 */
export function makeName(random: Random, taken: Set<string>): Name {
	const name = random.chance(JAPANESE_SHARE) ? japaneseName(random) : latinName(random);
	let { login, displayName } = name;
	// The range of numbers grows with the failures, so that 100,000 people are named as quickly as
	// 200.
	for (let range = 100; taken.has(login); range *= 2) {
		const number = String(random.between(2, range));
		login = name.login.slice(0, LOGIN_LENGTH - number.length) + number;
		displayName = name.displayName + number;
	}
	taken.add(login);
	return { login, displayName, japanese: name.japanese };
}

function japaneseName(random: Random): Name {
	const whimsical = random.chance(0.6);
	const [firstShown, firstLatin] = random.pick(whimsical ? japaneseMoods : japaneseFamilies);
	const [lastShown, lastLatin] = random.pick(whimsical ? japaneseThings : japaneseGivens);
	const ending = random.chance(0.12) ? random.pick(["ch", "さん", "P", "先生"]) : "";
	return {
		login: `${firstLatin}_${lastLatin}`.slice(0, LOGIN_LENGTH),
		displayName: firstShown + lastShown + ending,
		japanese: true,
	};
}

function latinName(random: Random): Name {
	const first = random.pick(latinMoods);
	const last = random.pick(latinThings);
	const displayName = random
		.pick([
			`${first}${last}`,
			`${first}${last}`,
			`${first}_${last}`.toLowerCase(),
			`The${first}${last}`,
			`${last}${random.pick(["Ops", "TV", "RP", "Live", "AfterDark", "InTheRain"])}`,
			`${first.toLowerCase()}${last.toLowerCase()}${random.between(2, 99)}`,
		])
		.slice(0, LOGIN_LENGTH);
	return { login: displayName.toLowerCase(), displayName, japanese: false };
}

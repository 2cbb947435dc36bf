/** Texts in Discord's markdown: what others said is shown as code, where nothing of it does anything. */

/** Characters, counted in UTF-16 units, which are never fewer than what Discord counts. Its docs, "Embed Limits". */
export const discordLimits = {
	title: 256,
	/** Discord takes 4,096; the sum of everything must stay below `total`. */
	description: 2_048,
	fields: 25,
	fieldName: 256,
	fieldValue: 1_024,
	footer: 256,
	total: 6_000,
} as const;

/**
 * Code in a line: no markdown, no mention and no address in it works.
 * @param charactersMax of the whole, 3 at least
 */
export function inlineCode(text: string, charactersMax: number): string {
	const safe = text
		.toWellFormed()
		.replace(/[\p{Cc}\p{Cf}\s]+/gu, " ")
		.trim()
		// It would end the code.
		.replaceAll("`", "ˋ")
		// Shown in a client that knows no code, it would still call nobody.
		.replaceAll("@", "@\u200b");
	return `\`${cutText(safe === "" ? "–" : safe, charactersMax - 2)}\``;
}

/** Never in the middle of a character. */
export function cutText(text: string, charactersMax: number): string {
	if (text.length <= charactersMax) return text;
	// What was cut in two has become the character for what is unreadable; it takes one place.
	const head = text.slice(0, charactersMax - 1);
	return `${head.isWellFormed() ? head : head.slice(0, -1)}…`;
}

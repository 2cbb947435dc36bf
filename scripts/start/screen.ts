import { stripVTControlCharacters, styleText } from "node:util";

type Format = Parameters<typeof styleText>[0];

/**
 * What the one who started daicho sees. Standard output, or standard error when standard output belongs to the
 * JSON. Nothing here decides anything; one live line at most, and none where the output is no terminal.
 */
export class Screen {
	readonly isTerminal: boolean;
	/** Columns that a line may use. */
	readonly width: number;
	readonly #out: NodeJS.WriteStream;
	readonly #json: boolean;
	#live = "";

	constructor(json: boolean) {
		this.#json = json;
		this.#out = json ? process.stderr : process.stdout;
		this.isTerminal = this.#out.isTTY === true;
		this.width = Math.min(Math.max(this.#out.columns ?? 100, 40), 100);
		// A reader that left (`| head`) is no reason to leave processes behind.
		process.stdout.on("error", () => {});
		process.stderr.on("error", () => {});
	}

	line(text = ""): void {
		this.endLive();
		this.#out.write(`${text}\n`);
	}

	/** Shows `text` in place of the last live line. */
	live(text: string): void {
		if (!this.isTerminal || text === this.#live) return;
		this.#live = text;
		this.#out.write(`\r${text}\x1b[K`);
	}

	/** Takes the live line away. */
	endLive(): void {
		if (this.#live === "") return;
		this.#live = "";
		this.#out.write("\r\x1b[K");
	}

	/** Colours for a terminal that wants them (NO_COLOR), plain text for all else. */
	paint(format: Format, text: string): string {
		return styleText(format, text, { stream: this.#out });
	}

	/** For bad news: on standard error, whatever the rest goes to. */
	complain(text: string): void {
		this.endLive();
		process.stderr.write(`${text}\n`);
	}

	/** The one thing that goes to standard output with --json. Resolves when it has been handed over. */
	async result(value: unknown): Promise<void> {
		if (!this.#json) return;
		this.endLive();
		await new Promise<void>((resolve) => {
			process.stdout.write(`${JSON.stringify(value, null, 2)}\n`, () => resolve());
		});
	}
}

/** Of what others wrote: no control characters, nothing that turns the direction of writing, and no longer than `max`. */
export function tame(text: string, max: number): string {
	const plain = stripVTControlCharacters(text)
		.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, " ")
		.trim();
	const characters = [...plain];
	return characters.length <= max ? plain : `${characters.slice(0, max - 1).join("")}…`;
}

/** 1,234 */
export function count(value: number): string {
	return value.toLocaleString("en-US");
}

/** 1 message, 17 messages */
export function counted(value: number, noun: string): string {
	return `${count(value)} ${noun}${value === 1 ? "" : "s"}`;
}

/** 840 ms, 4.3 s, 2 min 5 s */
export function span(ms: number): string {
	if (ms < 1_000) return `${Math.round(ms)} ms`;
	if (ms < 99_950) return `${(ms / 1_000).toFixed(1)} s`;
	const seconds = Math.round(ms / 1_000);
	return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

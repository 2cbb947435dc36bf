import { clipPagesMax, clipsListedMax } from "../limits.ts";
import { type AskedClips, type Clip, type ClipRejection, decodeClip, findClipId } from "./clip.ts";

/**
 * Walks through the pages of one streamer's window and knows when to stop. Pure: pages are handed in.
 *
 * Twitch's cursor is an offset into a list that moves while it is read, and past about 1,000 clips it goes round
 * for ever (twitchdev/issues 1188). So a clip counts once, a short page is not the end, and the end is the first of:
 * no cursor, an empty page, a page without an id not seen before, page `clipPagesMax`.
 */
export type PagingEnd = "no_cursor" | "empty_page" | "nothing_new" | "page_limit";

/** Where the walk stands, as JSON: what is needed to go on as if it had not been interrupted. */
export interface PagingProgress {
	/** For the next page; null before the first one. */
	readonly cursor: string | null;
	readonly pages: number;
	/** Entries on these pages, doubles counted. */
	readonly listed: number;
	/** Of the clips that were taken, each once. */
	readonly clipIds: readonly string[];
	/** Of entries that had an id and could not be taken. */
	readonly rejectedIds: readonly string[];
	readonly rejected: Readonly<Partial<Record<ClipRejection, number>>>;
}

export interface ListedPage {
	readonly items: readonly unknown[];
	readonly cursor: string | null;
}

export class ClipPaging {
	readonly #asked: AskedClips;
	readonly #taken: Set<string>;
	readonly #rejectedIds: Set<string>;
	readonly #rejected: Partial<Record<ClipRejection, number>>;
	#cursor: string | null;
	#pages: number;
	#listed: number;
	#end: PagingEnd | null = null;

	/** @param before what `progress` said when the walk was interrupted; null for a new one */
	constructor(asked: AskedClips, before: PagingProgress | null) {
		this.#asked = asked;
		this.#taken = new Set(before?.clipIds);
		this.#rejectedIds = new Set(before?.rejectedIds);
		this.#rejected = { ...before?.rejected };
		this.#cursor = before?.cursor ?? null;
		this.#pages = before?.pages ?? 0;
		this.#listed = before?.listed ?? 0;
	}

	/** Null while there is another page to ask for, with `cursor`. */
	get end(): PagingEnd | null {
		return this.#end;
	}

	get cursor(): string | null {
		return this.#cursor;
	}

	/** Different clips so far. */
	get clipsSeen(): number {
		return this.#taken.size;
	}

	get rejected(): Readonly<Partial<Record<ClipRejection, number>>> {
		return this.#rejected;
	}

	/** Whether Twitch listed as much as it ever does, so that there may be clips that it did not list. */
	get isTruncated(): boolean {
		return this.#end === "page_limit" || this.#listed >= clipsListedMax;
	}

	/** Takes the page that `cursor` led to; @returns its clips that were not seen before. */
	takePage(page: ListedPage): Clip[] {
		const known = this.#taken.size + this.#rejectedIds.size;
		const clips: Clip[] = [];
		for (const item of page.items) {
			const clip = this.#takeItem(item);
			if (clip !== undefined) clips.push(clip);
		}
		this.#pages += 1;
		this.#listed += page.items.length;
		this.#cursor = page.cursor;
		this.#end = this.#decideEnd(page, this.#taken.size + this.#rejectedIds.size > known);
		return clips;
	}

	progress(): PagingProgress {
		return {
			cursor: this.#cursor,
			pages: this.#pages,
			listed: this.#listed,
			clipIds: [...this.#taken],
			rejectedIds: [...this.#rejectedIds],
			rejected: this.#rejected,
		};
	}

	#takeItem(item: unknown): Clip | undefined {
		const id = findClipId(item);
		if (id !== undefined && (this.#taken.has(id) || this.#rejectedIds.has(id))) return undefined;
		const decoded = decodeClip(item, this.#asked);
		if (decoded.ok) {
			this.#taken.add(decoded.value.clipId);
			return decoded.value;
		}
		if (id !== undefined) this.#rejectedIds.add(id);
		this.#rejected[decoded.error] = (this.#rejected[decoded.error] ?? 0) + 1;
		return undefined;
	}

	#decideEnd({ items, cursor }: ListedPage, hasNew: boolean): PagingEnd | null {
		if (cursor === null) return "no_cursor";
		if (items.length === 0) return "empty_page";
		if (!hasNew) return "nothing_new";
		return this.#pages >= clipPagesMax ? "page_limit" : null;
	}
}

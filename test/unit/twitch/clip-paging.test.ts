import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ClipPaging } from "../../../src/twitch/clip-paging.ts";
import { asked, helixClip, helixClips } from "./helix-answers.ts";

function walk(): ClipPaging {
	return new ClipPaging(asked, null);
}

const idsOf = (clips: readonly { clipId: string }[]) => clips.map(({ clipId }) => clipId);

describe("paging stops", () => {
	test("at a page without a cursor", () => {
		const paging = walk();
		paging.takePage({ items: helixClips("a", 100), cursor: null });
		expect(paging.end).toBe("no_cursor");
	});

	test("at an empty page, even when it has a cursor", () => {
		const paging = walk();
		paging.takePage({ items: [], cursor: "next" });
		expect(paging.end).toBe("empty_page");
	});

	test("at a page that holds no clip not seen before: the list goes round", () => {
		const paging = walk();
		paging.takePage({ items: helixClips("a", 100), cursor: "1" });
		paging.takePage({ items: helixClips("a", 100).reverse(), cursor: "2" });
		expect(paging.end).toBe("nothing_new");
		expect(paging.clipsSeen).toBe(100);
	});

	test("after page 11, whatever the cursor promises", () => {
		const paging = walk();
		for (let page = 0; page < 11; page += 1) {
			expect(paging.end).toBeNull();
			paging.takePage({ items: helixClips(`p${page}-`, 100), cursor: String(page) });
		}
		expect(paging.end).toBe("page_limit");
		expect(paging.isTruncated).toBe(true);
		expect(paging.clipsSeen).toBe(1_100);
	});

	test("on a server that invents new clips and cursors for ever, whatever it sends", () => {
		fc.assert(
			fc.property(fc.array(fc.nat({ max: 150 }), { minLength: 11, maxLength: 11 }), (sizes) => {
				const paging = walk();
				let pages = 0;
				while (paging.end === null) {
					paging.takePage({ items: helixClips(`p${pages}-`, sizes[pages] ?? 0), cursor: "more" });
					pages += 1;
				}
				expect(pages).toBeLessThanOrEqual(11);
			}),
		);
	});
});

describe("paging goes on", () => {
	test("after a short page that has a cursor", () => {
		const paging = walk();
		paging.takePage({ items: helixClips("a", 1), cursor: "next" });
		expect(paging.end).toBeNull();
		expect(paging.cursor).toBe("next");
	});

	test("after a page whose clips all had to be rejected", () => {
		const paging = walk();
		paging.takePage({ items: [helixClip("a", { created_at: "" })], cursor: "next" });
		expect(paging.end).toBeNull();
	});
});

describe("each clip counts once", () => {
	test("when it slides onto the next page while the list moves", () => {
		const paging = walk();
		const first = paging.takePage({ items: helixClips("a", 3), cursor: "next" });
		const second = paging.takePage({
			items: [helixClip("a2", { view_count: 9 }), helixClip("b")],
			cursor: null,
		});
		expect([...idsOf(first), ...idsOf(second)]).toEqual(["a0", "a1", "a2", "b"]);
		expect(paging.clipsSeen).toBe(4);
	});

	test("also when it has to be rejected", () => {
		const paging = walk();
		const bad = helixClip("bad", { view_count: null });
		paging.takePage({ items: [bad, helixClip("a")], cursor: "next" });
		paging.takePage({ items: [bad, helixClip("b")], cursor: null });
		expect(paging.rejected).toEqual({ bad_view_count: 1 });
		expect(paging.clipsSeen).toBe(2);
	});

	test("and one bad clip among 100 loses none of the other 99", () => {
		const paging = walk();
		const items: unknown[] = helixClips("a", 99);
		items.splice(50, 0, { id: null });
		expect(paging.takePage({ items, cursor: null })).toHaveLength(99);
		expect(paging.rejected).toEqual({ bad_id: 1 });
	});
});

test("a list that filled ten pages may have been cut off by Twitch, though it ended by itself", () => {
	const paging = walk();
	for (let page = 0; page < 10; page += 1) {
		paging.takePage({
			items: helixClips(`p${page}-`, 100),
			cursor: page === 9 ? null : String(page),
		});
	}
	expect(paging.end).toBe("no_cursor");
	expect(paging.isTruncated).toBe(true);
});

test("a walk that is interrupted anywhere ends as if it had not been", () => {
	const item = fc.oneof(
		fc.nat({ max: 30 }).map((number) => helixClip(`c${number}`)),
		fc.nat({ max: 5 }).map((number) => helixClip(`bad${number}`, { duration: null })),
		fc.constant({ no: "id" }),
	);
	const page = fc.record({
		items: fc.array(item, { maxLength: 8 }),
		cursor: fc.option(fc.constant("more"), { nil: null, freq: 8 }),
	});
	const pages = fc.array(page, { minLength: 1, maxLength: 12 });
	fc.assert(
		fc.property(pages, (all) => {
			const straight = walk();
			let resumed = walk();
			const taken: string[] = [];
			for (const one of all) {
				if (straight.end !== null) break;
				straight.takePage(one);
				// Through JSON, as the coordinator keeps it.
				resumed = new ClipPaging(asked, JSON.parse(JSON.stringify(resumed.progress())));
				taken.push(...idsOf(resumed.takePage(one)));
				expect(resumed.end).toBe(straight.end);
			}
			expect(resumed.progress()).toEqual(straight.progress());
			expect(new Set(taken).size).toBe(taken.length);
			expect(taken).toHaveLength(straight.clipsSeen);
		}),
	);
});

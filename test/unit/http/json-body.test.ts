import { describe, expect, it } from "vitest";
import { HttpError } from "../../../src/http/errors.ts";
import { readJsonBody, refuseBody } from "../../../src/http/json-body.ts";

const json = { "content-type": "application/json" };

function post(body: BodyInit | null, headers: Record<string, string> = json): Request {
	return new Request("https://daicho.test/", {
		method: "POST",
		headers,
		body,
		...({ duplex: "half" } as object),
	});
}

/** Chunks one after the other, and then what is not a chunk: an error. */
function streamOf(...chunks: (Uint8Array | Error)[]): ReadableStream<Uint8Array> {
	let next = 0;
	return new ReadableStream({
		pull(controller) {
			const chunk = chunks[next];
			next += 1;
			if (chunk === undefined) controller.close();
			else if (chunk instanceof Error) controller.error(chunk);
			else controller.enqueue(chunk);
		},
	});
}

async function codeOf(reading: Promise<unknown>): Promise<string> {
	try {
		return `read ${JSON.stringify(await reading)}`;
	} catch (error) {
		if (error instanceof HttpError) return `${error.status} ${error.code}`;
		throw error;
	}
}

describe("a JSON body", () => {
	const kilobyte = new Uint8Array(1_024).fill(0x20);

	it("that breaks off is the caller's fault, and not a failure of the ledger", async () => {
		const broken = streamOf(kilobyte, new Error("Network connection lost."));
		expect(await codeOf(readJsonBody(post(broken)))).toBe("400 incomplete_body");
	});

	it("that says it is too large is refused unread", async () => {
		let pulled = 0;
		const pull = () => {
			pulled += 1;
		};
		const body = new ReadableStream({ pull }, { highWaterMark: 0 });
		const request = post(body, { ...json, "content-length": "262145" });
		expect(await codeOf(readJsonBody(request))).toBe("413 body_too_large");
		expect(pulled).toBe(0);
	});

	it.each(["2", "-1", "NaN", "1e9999999", ""])(
		"that is too large is refused when it says that it is %j long",
		async (length) => {
			const chunks = Array.from({ length: 257 }, () => kilobyte);
			const request = post(streamOf(...chunks), { ...json, "content-length": length });
			expect(await codeOf(readJsonBody(request))).toBe("413 body_too_large");
		},
	);

	it("of exactly 256 KB is read", async () => {
		const text = JSON.stringify("x".repeat(256 * 1_024 - 2));
		expect(await codeOf(readJsonBody(post(text)))).toBe(`read ${text}`);
	});

	it("may begin with a byte-order mark, and cut a character in two chunks", async () => {
		const bytes = new TextEncoder().encode('\ufeff"é"');
		const body = streamOf(bytes.slice(0, 5), bytes.slice(5));
		expect(await codeOf(readJsonBody(post(body)))).toBe('read "é"');
	});
});

describe("where no body is taken", () => {
	it.each(["", " \n", "{}", " {} "])("%j passes", async (body) => {
		expect(await codeOf(refuseBody(post(body, {})))).toBe("read undefined");
	});

	it.each(['{"taskIds":["1"]}', "[]", "null", "{}{}", "\u0000", "\ufffd"])(
		"%j is refused",
		async (body) => {
			expect(await codeOf(refuseBody(post(body, {})))).toBe("400 unexpected_body");
		},
	);
});

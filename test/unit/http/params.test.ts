import { describe, expect, it } from "vitest";
import { HttpError } from "../../../src/http/errors.ts";
import { checkQuery } from "../../../src/http/params.ts";
import { requestIdOf } from "../../../src/http/request-id.ts";

function refusalOf(query: string, known: readonly string[]): string | undefined {
	try {
		checkQuery(new URLSearchParams(query), known);
		return undefined;
	} catch (error) {
		if (error instanceof HttpError) return `${error.status} ${error.code}: ${error.message}`;
		throw error;
	}
}

describe("query parameters", () => {
	const known = ["job", "limit"];
	it.each(["", "job=a", "limit=1&job=a", "job="])("that are known pass: %j", (query) => {
		expect(refusalOf(query, known)).toBeUndefined();
	});

	it.each(["jobs=a", "Job=a", "job%00=a", "__proto__=1", "=", "limit=1&x"])(
		"that are not known are refused with those that are: %j",
		(query) => {
			expect(refusalOf(query, known)).toBe(
				"400 unknown_parameter: The query parameters of this address are job, limit; leave out any other.",
			);
		},
	);

	it("are refused altogether where there are none", () => {
		expect(refusalOf("dryRun=true", [])).toBe(
			"400 unknown_parameter: This address takes no query parameters.",
		);
	});

	it("that stand there twice are refused, equal or not", () => {
		for (const query of ["limit=1&limit=2", "limit=1&job=a&limit=1"]) {
			expect(refusalOf(query, known)).toBe(
				"400 repeated_parameter: Send the query parameter limit once.",
			);
		}
	});
});

describe("the id of a request", () => {
	const idOf = (ray: string) =>
		requestIdOf(new Request("https://daicho.test/", { headers: { "cf-ray": ray } }));

	it.each(["7d1f2a9c0b3e4f56-NRT", "7d1f2a9c0b3e4f56"])("is Cloudflare's own: %s", (ray) => {
		expect(idOf(ray)).toBe(ray);
	});

	it.each(["", "x", "<script>", "7D1F2A9C0B3E4F56-NRT", "7d1f2a9c0b3e4f56-NRT, other"])(
		"is made here when somebody else sent the header: %j",
		(ray) => {
			expect(idOf(ray)).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/);
		},
	);
});

import { describe, expect, it } from "vitest";
import { changeQuery, readChoice, readPage, readText } from "../../../src/dashboard/url/query.ts";
import {
	matrixPath,
	readNext,
	readRoute,
	runPath,
	signInPath,
	taskPath,
} from "../../../src/dashboard/url/routes.ts";

describe("the addresses of the page", () => {
	it.each([
		["/", { page: "home" }],
		["/matrix", { page: "matrix" }],
		["/audit", { page: "audit" }],
		["/incidents", { page: "incidents" }],
		["/sign-in", { page: "sign-in" }],
		["/runs/a-1", { page: "run", runId: "a-1" }],
		["/runs/a-1/tasks/b%3A2", { page: "task", runId: "a-1", taskId: "b:2" }],
		["/runs", { page: "unknown" }],
		["/runs/", { page: "unknown" }],
		["/runs/a/tasks", { page: "unknown" }],
		["/runs/a/tasks/b/c", { page: "unknown" }],
		["/matrix/x", { page: "unknown" }],
		["/runs/%", { page: "unknown" }],
	])("%s", (path, route) => {
		expect(readRoute(path)).toEqual(route);
	});

	it("are read as they were written, whatever an id has in it", () => {
		const ids = { runId: "a/b?c#d", taskId: "日本 %2F" };
		expect(readRoute(taskPath(ids.runId, ids.taskId))).toEqual({ page: "task", ...ids });
		expect(readRoute(runPath(ids.runId))).toEqual({ page: "run", runId: ids.runId });
		expect(matrixPath("publish-hot-clips", "日本 &")).toBe(
			"/matrix?job=publish-hot-clips&q=%E6%97%A5%E6%9C%AC+%26",
		);
		expect(matrixPath(undefined, "1")).toBe("/matrix?q=1");
	});
});

describe("where signing in leads", () => {
	it.each([
		[null, "/"],
		["/runs/a?q=1", "/runs/a?q=1"],
		["//evil.example/", "/"],
		["/\\evil.example/", "/"],
		["https://evil.example/", "/"],
		["javascript:alert(1)", "/"],
		["/sign-in?next=/", "/"],
		["/\t/evil.example", "/"],
		["/\n\\evil.example", "/"],
		["/.//evil.example", "/"],
		["/x/..//evil.example", "/"],
		["/x/../sign-in", "/"],
		["http:///", "/"],
	])("%s → %s", (next, to) => {
		expect(readNext(next)).toBe(to);
	});

	it("comes back to where one was", () => {
		const { search } = new URL(signInPath("/runs/a?state=failed"), "https://daicho.example");
		expect(readNext(new URLSearchParams(search).get("next"))).toBe("/runs/a?state=failed");
		expect(signInPath("/")).toBe("/sign-in");
	});
});

describe("what a view keeps in its address", () => {
	it("changes what is named and leaves the rest", () => {
		expect(changeQuery("?a=1&b=2", { b: null, c: "x y" })).toBe("?a=1&c=x+y");
		expect(changeQuery("?q=a", { q: "" })).toBe("");
	});

	it("is a choice that exists, else the first", () => {
		expect(readChoice("?o=b", "o", ["a", "b"])).toBe("b");
		expect(readChoice("?o=zzz", "o", ["a", "b"])).toBe("a");
	});

	it.each([
		["?page=3", 3],
		["", 1],
		["?page=0", 1],
		["?page=-2", 1],
		["?page=1e9", 1],
		["?page=99999999", 1],
	])("is a page: %s → %i", (search, page) => {
		expect(readPage(search)).toBe(page);
	});

	it("is no longer than a search can be", () => {
		expect(readText(`?q=${"x".repeat(500)}`, "q")).toHaveLength(80);
	});
});

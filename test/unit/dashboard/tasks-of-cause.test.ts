import { afterEach, expect, it, vi } from "vitest";
import {
	findStateOfCause,
	findTasksOfCause,
} from "../../../src/dashboard/acting/tasks-of-cause.ts";
import type { ErrorGroup, TaskState } from "../../../src/dashboard/api/shapes.ts";

afterEach(() => vi.unstubAllGlobals());

it("all tasks of a cause are found, over pages and among failed and lost ones, and no other's", async () => {
	const task = (taskId: string, fingerprint: string) => ({ taskId, error: { fingerprint } });
	const pages: Record<string, unknown> = {
		"/api/runs/r/tasks?state=failed&limit=500": {
			tasks: [task("1", "http-404"), task("2", "http-503")],
			cursor: "2",
		},
		"/api/runs/r/tasks?state=failed&limit=500&cursor=2": {
			tasks: [task("3", "http-404")],
			cursor: null,
		},
		"/api/runs/r/tasks?state=lost&limit=500": { tasks: [task("4", "http-404")], cursor: null },
	};
	const fetch = vi.fn(async (path: string) => Response.json(pages[path]));
	vi.stubGlobal("fetch", fetch);
	expect(await findTasksOfCause("r", "http-404")).toEqual({ ok: true, value: ["1", "3", "4"] });
	expect(fetch).toHaveBeenCalledTimes(3);
});

it("a refusal is handed on: fewer than all would be a lie", async () => {
	vi.stubGlobal("fetch", async () => Response.json({ error: { code: "x" } }, { status: 503 }));
	expect((await findTasksOfCause("r", "http-404")).ok).toBe(false);
});

it.each<[TaskState[], "failed" | "lost"]>([
	[["failed", "failed", "lost"], "failed"],
	[["lost", "lost", "failed"], "lost"],
	[["lost"], "lost"],
	[[], "failed"],
])("tasks of one cause that ended as %j are shown as %s", (states, shown) => {
	const taskIds = states.map((_, index) => String(index));
	const group = { taskIds: taskIds } as unknown as ErrorGroup;
	expect(findStateOfCause(group, { taskIds, states })).toBe(shown);
});

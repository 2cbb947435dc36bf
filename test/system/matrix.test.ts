import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { adminToken, type Deployment, deploy } from "../support/deployment.ts";
import { readRuns } from "../support/live-page.ts";

/** What a page needs beside summaries: every task of a run in one short answer, tasks × runs, and names. */
interface Matrix {
	readonly job: string;
	readonly runs: readonly { runId: string; slot: string | null; verdict: string }[];
	readonly rows: readonly {
		taskId: string;
		name: string | null;
		url: string | null;
		cells: string;
		failures: number;
		flips: number;
	}[];
	readonly total: number;
	readonly cursor: string | null;
}

let deployment: Deployment;
const runIds: string[] = [];

beforeAll(async () => {
	deployment = await deploy({ streamers: 20 }, { MAX_ATTEMPTS: "1" });
	await deployment.rows(
		"UPDATE streamers SET display_name = '<script>alert(1)</script>' WHERE broadcaster_id = ?1",
		idOf(3),
	);
	await deployment.rows(
		"UPDATE streamers SET login = 'javascript:alert(1)' WHERE broadcaster_id = ?1",
		idOf(4),
	);
	// The fourth streamer fails now and then, the sixth always, and the last one is new.
	for (const fails of [false, true, false]) {
		deployment.twitch.respondWith(idOf(3), fails ? { status: 404, body: "{}" } : null);
		deployment.twitch.respondWith(idOf(5), { status: 404, body: "{}" });
		const taskIds = deployment.twitch.streamers.slice(0, fails ? 20 : 19).map(({ id }) => id);
		runIds.push(await run({ taskIds }));
	}
});
afterAll(() => deployment.close());

function idOf(index: number): string {
	const streamer = deployment.twitch.streamers[index];
	if (streamer === undefined) throw new Error("no such streamer");
	return streamer.id;
}

async function run(body: object): Promise<string> {
	const answer = await deployment.api("/api/runs", {
		method: "POST",
		headers: { "content-type": "application/json" },
		body: JSON.stringify({ job: "collect-clips", ...body }),
	});
	const { runId } = (await answer.json()) as { runId: string };
	await deployment.sealed(runId);
	return runId;
}

async function read<T>(path: string): Promise<T> {
	const answer = await deployment.api(path);
	expect(answer.status).toBe(200);
	return (await answer.json()) as T;
}

const matrix = (query = "") => read<Matrix>(`/api/matrix?job=collect-clips${query}`);

describe("the matrix", () => {
	it("is tasks × runs, oldest run first, flaky tasks first, with names", async () => {
		const { runs, rows, total, cursor, job } = await matrix();
		expect(job).toBe("collect-clips");
		expect(runs.map(({ runId }) => runId)).toEqual(runIds);
		expect(runs.map(({ verdict }) => verdict)).toEqual(["partial", "partial", "partial"]);
		expect([total, rows.length, cursor]).toEqual([20, 20, null]);
		expect(rows[0]).toEqual({
			taskId: idOf(3),
			name: "<script>alert(1)</script>",
			url: expect.stringMatching(/^https:\/\/www\.twitch\.tv\/\w+$/),
			cells: "sfs",
			failures: 1,
			flips: 2,
		});
		expect(rows[1]).toMatchObject({ taskId: idOf(5), cells: "fff", failures: 3, flips: 0 });
		expect(rows.find(({ taskId }) => taskId === idOf(19))).toMatchObject({ cells: "-s-" });
		expect(rows.find(({ taskId }) => taskId === idOf(4))?.url).toBeNull();
	});

	it("has fewer runs when fewer are asked for", async () => {
		const { runs, rows } = await matrix("&runs=2");
		expect(runs.map(({ runId }) => runId)).toEqual(runIds.slice(1));
		expect(rows.find(({ taskId }) => taskId === idOf(3))?.cells).toBe("fs");
	});

	it("comes page by page, and by name", async () => {
		const first = await matrix("&limit=12");
		const second = await matrix(`&limit=12&cursor=${first.cursor}`);
		const ids = [...first.rows, ...second.rows].map(({ taskId }) => taskId);
		expect(new Set(ids).size).toBe(20);
		expect(second.cursor).toBeNull();
		const found = await matrix("&search=ALERT%281");
		expect(found.rows.map(({ taskId }) => taskId)).toEqual([idOf(3)]);
		expect(found.total).toBe(1);
		const byId = await matrix(`&search=${idOf(7)}`);
		expect(byId.rows.map(({ taskId }) => taskId)).toEqual([idOf(7)]);
	});

	it("is a 304 when no run has sealed since", async () => {
		const first = await deployment.api("/api/matrix?job=collect-clips");
		const headers = { "if-none-match": first.headers.get("etag") ?? "" };
		const again = await deployment.api("/api/matrix?job=collect-clips", { headers });
		expect(again.status).toBe(304);
		runIds.push(await run({ taskIds: [idOf(0)] }));
		const later = await deployment.api("/api/matrix?job=collect-clips", { headers });
		expect(later.status).toBe(200);
		expect(((await later.json()) as Matrix).runs).toHaveLength(4);
	});

	it("that could not be named is named as soon as it can be, and nobody keeps the one without names", async () => {
		runIds.push(await run({ taskIds: [idOf(0)] }));
		await deployment.rows("ALTER TABLE streamers RENAME TO streamers_gone");
		try {
			const answer = await deployment.api("/api/matrix?job=collect-clips");
			expect(answer.headers.get("etag")).toBeNull();
			expect(answer.headers.get("cache-control")).toBe("no-store");
			const { rows } = (await answer.json()) as Matrix;
			expect(rows.every(({ name }) => name === null)).toBe(true);
		} finally {
			await deployment.rows("ALTER TABLE streamers_gone RENAME TO streamers");
		}
		const { rows } = await matrix();
		expect(rows.find(({ taskId }) => taskId === idOf(3))?.name).toBe("<script>alert(1)</script>");
	});

	it("of a job that has not run is empty", async () => {
		expect(await read("/api/matrix?job=other")).toEqual({
			job: "other",
			runs: [],
			rows: [],
			total: 0,
			cursor: null,
		});
	});

	it.each([
		["", "invalid_job"],
		["?job=collect-clips&runs=49", "invalid_runs"],
		["?job=collect-clips&runs=x", "invalid_runs"],
		["?job=collect-clips&limit=501", "invalid_limit"],
		["?job=collect-clips&cursor=-1", "invalid_cursor"],
		[`?job=collect-clips&search=${"x".repeat(101)}`, "invalid_search"],
		["?job=collect-clips&page=2", "unknown_parameter"],
	])("asked for with %j is refused", async (query, code) => {
		const answer = await deployment.api(`/api/matrix${query}`);
		expect(answer.status).toBe(400);
		const { error } = (await answer.json()) as { error: { code: string } };
		expect(error.code).toBe(code);
	});
});

interface Grid {
	readonly taskIds: readonly string[];
	readonly names: readonly (string | null)[];
	readonly states: string;
}

describe("the grid of a run", () => {
	it("has every task in the order of ids, with its name and state, open or sealed", async () => {
		const sealed = await read<Grid>(`/api/runs/${runIds[1]}/grid`);
		const sorted = deployment.twitch.streamers.map(({ id }) => id).sort();
		expect(sealed.taskIds).toEqual(sorted);
		const states = readRuns(sealed.states);
		for (const [index, taskId] of sorted.entries()) {
			const failed = taskId === idOf(3) || taskId === idOf(5);
			expect(states[index]).toBe(failed ? "failed" : "succeeded");
		}
		expect(sealed.names[sorted.indexOf(idOf(3))]).toBe("<script>alert(1)</script>");

		deployment.twitch.respondWith(idOf(0), { hang: true });
		const answer = await deployment.api("/api/runs", {
			method: "POST",
			headers: { "content-type": "application/json" },
			body: '{"job":"collect-clips"}',
		});
		const { runId } = (await answer.json()) as { runId: string };
		await expect
			.poll(async () => (await read<Grid>(`/api/runs/${runId}/grid`)).taskIds)
			.toEqual(sorted);
		await deployment.api(`/api/runs/${runId}/cancel`, { method: "POST" });
		deployment.twitch.respondWith(idOf(0), null);
		await deployment.sealed(runId);
	});

	it("has its states alone for who knows the rest", async () => {
		const path = `/api/runs/${runIds[1]}/grid`;
		const { states } = await read<Grid>(path);
		const answer = await deployment.api(`${path}?part=states`);
		expect(await answer.json()).toEqual({ states });
		const headers = { "if-none-match": answer.headers.get("etag") ?? "" };
		expect((await deployment.api(`${path}?part=states`, { headers })).status).toBe(304);
		expect((await deployment.api(`${path}?part=names`)).status).toBe(400);
	});

	it("is a 304 when nothing has moved", async () => {
		const path = `/api/runs/${runIds[0]}/grid`;
		const first = await deployment.api(path);
		const headers = { "if-none-match": first.headers.get("etag") ?? "" };
		expect((await deployment.api(path, { headers })).status).toBe(304);
	});

	it("of a run that is not there is a 404", async () => {
		const answer = await deployment.api("/api/runs/collect-clips-20200101T0000Z/grid");
		expect(answer.status).toBe(404);
	});
});

describe("a task", () => {
	it("has its name, alone and among others, and the id of a streamer who is gone is enough", async () => {
		const path = `/api/runs/${runIds[0]}/tasks`;
		expect(await read(`${path}/${idOf(3)}`)).toMatchObject({
			taskId: idOf(3),
			name: "<script>alert(1)</script>",
		});
		await deployment.rows("DELETE FROM streamers WHERE broadcaster_id = ?1", idOf(8));
		const { tasks } = await read<{ tasks: { taskId: string; name: string | null }[] }>(path);
		const names = new Map(tasks.map(({ taskId, name }) => [taskId, name]));
		expect(names.get(idOf(8))).toBeNull();
		expect(names.get(idOf(9))).toBe(deployment.twitch.streamers[9]?.displayName);
	});

	it("is shown without its name when names cannot be read", async () => {
		await deployment.rows("ALTER TABLE streamers RENAME TO streamers_gone");
		try {
			const { tasks } = await read<{ tasks: { name: string | null }[] }>(
				`/api/runs/${runIds[0]}/tasks`,
			);
			expect(tasks).toHaveLength(19);
			expect(tasks.every(({ name }) => name === null)).toBe(true);
		} finally {
			await deployment.rows("ALTER TABLE streamers_gone RENAME TO streamers");
		}
	});

	it("is for who may read", async () => {
		for (const path of ["/api/matrix?job=collect-clips", `/api/runs/${runIds[0]}/grid`]) {
			const headers = { authorization: `Bearer ${adminToken}x` };
			expect((await deployment.api(path, { headers })).status).toBe(401);
		}
	});
});

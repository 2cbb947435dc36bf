import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Summary } from "../../src/domain/summary.ts";
import type { TaskView } from "../../src/ledger/task-view.ts";
import { type Deployment, deploy } from "../support/deployment.ts";
import {
	decodeFaults,
	type FaultName,
	type Faults,
	faultNames,
	type SimulatedClip,
	type SimulatedStreamer,
} from "../support/twitch/server.ts";

/**
 * The built Worker against a Twitch that has bad days. What is stored is compared with what Twitch
 * has clip by clip, in all 17 fields.
 */
/**
 * Time stands still at Twitch, so that what it tells of a clip is the same in every attempt; and at
 * this moment, so that every fault strikes whenever the tests are run.
 */
const frozenAtMs = Date.UTC(2026, 10, 23, 17, 3, 20);
/** The 24 hours that are asked for. */
const window = [Date.UTC(2026, 10, 22, 17, 10), Date.UTC(2026, 10, 23, 17, 10)] as const;
/** Streamers of one fault where each has its own; two of them are active. */
const groupSize = 8;
const streamers = 18 * groupSize;
let deployment: Deployment;
/** By which the points of Twitch's bucket come back. */
let pointsClock: () => number = Date.now;

/**
 * Which request a fault strikes depends on how many came before, so each part has a Twitch of its own. The time of a
 * request is short where Twitch leaves many without an answer; elsewhere a slow machine would make an attempt more of it.
 */
function withDeployment(requestTimeoutSeconds: number): void {
	beforeAll(async () => {
		deployment = await deploy(
			{ streamers, now: () => frozenAtMs, wallClock: () => pointsClock(), faults: [] },
			{ REQUEST_TIMEOUT_SECONDS: String(requestTimeoutSeconds) },
		);
	});
	afterAll(() => deployment.close());
}

/** A run under these faults, from an empty table of clips. */
async function runUnder(faults: Faults): Promise<{ run: Summary; tasks: TaskView[] }> {
	await deployment.rows("DELETE FROM clips");
	deployment.twitch.setFaults(faults);
	const [from, to] = window.map((atMs) => new Date(atMs).toISOString());
	const started = await deployment.api("/api/runs", {
		method: "POST",
		headers: { "content-type": "application/json" },
		body: JSON.stringify({ job: "collect-clips", window: { from, to } }),
	});
	expect(started.status).toBe(202);
	const { runId } = (await started.json()) as { runId: string };
	const run = await deployment.sealed(runId);
	const answer = await deployment.api(`/api/runs/${runId}/tasks?limit=500`);
	const { tasks } = (await answer.json()) as { tasks: TaskView[] };
	expect(tasks).toHaveLength(streamers);
	return { run, tasks };
}

/** All clips in the database, as Helix would tell them. */
async function storedClips(): Promise<SimulatedClip[]> {
	const rows = await deployment.rows<
		SimulatedClip & { created_at_ms: number; is_featured: unknown }
	>(
		`SELECT clip_id AS id, url, embed_url, broadcaster_id, broadcaster_name, creator_id, creator_name,
			video_id, game_id, language, title, view_count, created_at_ms, thumbnail_url,
			duration_seconds AS duration, vod_offset_seconds AS vod_offset, is_featured
		FROM clips ORDER BY clip_id`,
	);
	return rows.map(({ created_at_ms, ...row }) => ({
		...row,
		is_featured: (row.is_featured as unknown) === 1,
		created_at: `${new Date(created_at_ms).toISOString().slice(0, 19)}Z`,
	}));
}

const byId = (clips: readonly SimulatedClip[]) => clips.toSorted((a, b) => (a.id < b.id ? -1 : 1));
const idsOf = (clips: readonly { id: string | null }[]) => new Set(clips.map(({ id }) => id));

/** Of one streamer: what is stored of proper clips, and nothing stored that nobody could store. */
function properClips(stored: readonly SimulatedClip[], id: string): SimulatedClip[] {
	const malformed = deployment.twitch.malformed(id, ...window);
	const own = stored.filter((clip) => clip.broadcaster_id === id);
	const unusable = idsOf(malformed.filter((entry) => !entry.usable));
	expect(own.filter((clip) => unusable.has(clip.id))).toEqual([]);
	const all = idsOf(malformed);
	return own.filter((clip) => !all.has(clip.id));
}

function expectWhole(stored: readonly SimulatedClip[], id: string): number {
	const truth = byId(deployment.twitch.truth(id, ...window));
	expect(byId(properClips(stored, id))).toEqual(truth);
	return truth.length;
}

function taskOf(tasks: readonly TaskView[], id: string): TaskView {
	const task = tasks.find(({ taskId }) => taskId === id);
	if (task === undefined) throw new Error(`no task ${id}`);
	return task;
}

const warningsOf = (task: TaskView) => task.warnings.map(({ code }) => code);

/** Faults beyond the streamers' own: tried one after the other. */
const ofTheClient = ["revoked-tokens", "short-tokens", "throttling"] as const;

describe("all faults at once", () => {
	withDeployment(1);
	let run: Summary;
	let tasks: TaskView[];
	let stored: SimulatedClip[];

	beforeAll(async () => {
		({ run, tasks } = await runUnder({
			...decodeFaults("all"),
			throttling: { points: 24, pointsPerMinute: 1_500 },
		}));
		stored = await storedClips();
	});

	it("really were on", () => {
		// Short pages keep anybody from the end of 1,000 clips within 11 of them, and whether the bucket runs empty
		// depends on how fast this machine asks. Each has a test of its own.
		const apart: readonly FaultName[] = ["endless-cursors", "throttling"];
		const expected = faultNames.filter((name) => !apart.includes(name));
		const seen = expected.filter((name) => deployment.twitch.hits[name] > 0);
		expect(seen).toEqual(expected);
	});

	it("the run seals, and all streamers but the dead ones succeed", () => {
		const dead = deployment.twitch.streamers.filter(({ id }) => deployment.twitch.deadStatus(id));
		expect(run).toMatchObject({
			balanced: true,
			verdict: "partial",
			tasks: {
				planned: streamers,
				succeeded: streamers - dead.length,
				failed: dead.length,
				open: 0,
			},
		});
		expect(new Set(run.errors.flatMap(({ taskIds }) => taskIds))).toEqual(
			new Set(dead.map(({ id }) => id)),
		);
		expect(run.errors.map(({ code }) => code).toSorted()).toEqual([
			"twitch_not_found",
			"twitch_server_error",
		]);
	});

	it("every well-formed clip of every streamer who answers is stored as Twitch tells it", () => {
		const { twitch } = deployment;
		let clips = 0;
		for (const { id } of twitch.streamers) {
			if (twitch.deadStatus(id) || twitch.isProlific(id)) continue;
			clips += expectWhole(stored, id);
		}
		expect(clips).toBeGreaterThan(150);
	});

	it("nothing is stored of the dead, nor of anybody who was not asked for", () => {
		const alive = deployment.twitch.streamers.filter(({ id }) => !deployment.twitch.deadStatus(id));
		const ids = idsOf(alive);
		expect(stored.filter((clip) => !ids.has(clip.broadcaster_id))).toEqual([]);
	});

	it("the prolific streamer ends after 11 pages an attempt and is said to be truncated", () => {
		const { id } = prolific(deployment.twitch.streamers);
		const task = taskOf(tasks, id);
		expect(task.state).toBe("succeeded");
		expect(warningsOf(task)).toContain("clips_truncated");
		expect(deployment.twitch.requestsOf(id)).toBeLessThanOrEqual(11 * task.attempts.length);
		const truth = new Map(deployment.twitch.truth(id, ...window).map((clip) => [clip.id, clip]));
		const proper = properClips(stored, id);
		expect(truth.size).toBeGreaterThan(1_400);
		expect(proper.length).toBeGreaterThan(300);
		for (const clip of proper) expect(clip).toEqual(truth.get(clip.id));
	});

	it("what could not be kept is counted", () => {
		const ids = idsOf(stored);
		const rejected = deployment.twitch.streamers
			.filter(({ id }) => !deployment.twitch.deadStatus(id) && !deployment.twitch.isProlific(id))
			.flatMap(({ id }) => deployment.twitch.malformed(id, ...window))
			.filter((entry) => !ids.has(entry.id));
		expect(rejected.length).toBeGreaterThan(20);
		// An entry without an id cannot be told from its double.
		expect(run.yield["clipsRejected"]).toBeGreaterThanOrEqual(rejected.length);
	});

	it("no streamer takes more than a few requests", () => {
		const { requestsOf, isProlific } = deployment.twitch;
		const most = Math.max(
			...deployment.twitch.streamers
				.filter(({ id }) => !isProlific(id))
				.map(({ id }) => requestsOf(id)),
		);
		expect(most).toBeLessThanOrEqual(30);
	});
});

function prolific(all: readonly SimulatedStreamer[]): SimulatedStreamer {
	const one = all.find(({ id }) => deployment.twitch.isProlific(id));
	if (one === undefined) throw new Error("nobody is prolific");
	return one;
}

describe("each fault alone, for streamers of its own", () => {
	withDeployment(5);
	const ofStreamers = faultNames.filter((name) => !ofTheClient.some((other) => other === name));
	let run: Summary;
	let tasks: TaskView[];
	let stored: SimulatedClip[];
	let hitsBefore: Record<FaultName, number>;

	const groupAt = (place: number): readonly SimulatedStreamer[] =>
		deployment.twitch.streamers.slice(place * groupSize, (place + 1) * groupSize);
	const groupOf = (name: FaultName) => groupAt((ofStreamers as readonly FaultName[]).indexOf(name));
	const activeIn = (group: readonly SimulatedStreamer[]): string => {
		const active = group.find((one) => one.active);
		if (active === undefined) throw new Error("nobody is active in this group");
		return active.id;
	};
	const activeOf = (name: FaultName) => activeIn(groupOf(name));
	/** Prolific, and some of the 1,000 clips are deleted. */
	const withDeletedClips = () => activeIn(groupAt(ofStreamers.length));
	/** These show only in a listing of more than 100 clips. */
	const ofLongListings = ["moving-order", "endless-cursors", "prolific"] as const;

	beforeAll(async () => {
		hitsBefore = { ...deployment.twitch.hits };
		const own = Object.fromEntries(
			ofStreamers.map((name) => [name, { only: groupOf(name).map(({ id }) => id) }]),
		) as Record<FaultName, { only: string[] }>;
		const faults = {
			...own,
			prolific: { only: [...ofLongListings.map(activeOf), withDeletedClips()] },
			"deleted-clips": { only: [...own["deleted-clips"].only, withDeletedClips()] },
			dead: { ...own.dead, status: 404 },
			// One answer in six is too few for a group of eight; being slow takes nothing from the others.
			"slow-answers": true as const,
		};
		({ run, tasks } = await runUnder(faults));
		stored = await storedClips();
	});

	it("all but the dead succeed", () => {
		expect(run).toMatchObject({
			balanced: true,
			tasks: { succeeded: streamers - groupSize, failed: groupSize, open: 0 },
		});
	});

	const whole = ofStreamers.filter(
		(name) => name !== "dead" && !ofLongListings.some((other) => other === name),
	);
	it.each(whole)("%s: strikes, and every well-formed clip is stored", (name) => {
		expect(deployment.twitch.hits[name]).toBeGreaterThan(hitsBefore[name]);
		for (const { id } of groupOf(name)) {
			expectWhole(stored, id);
			expect(warningsOf(taskOf(tasks, id))).not.toContain("clips_truncated");
		}
	});

	it.each(["prolific", "endless-cursors"] as const)(
		"%s: the 1,000 most viewed are stored",
		(name) => {
			const id = activeOf(name);
			const task = taskOf(tasks, id);
			const listable = deployment.twitch.listable(id, ...window);
			expect(listable).toHaveLength(1_000);
			expect(byId(properClips(stored, id))).toEqual(byId(listable));
			expect(task).toMatchObject({ state: "succeeded", attempts: [{ attempt: 1 }] });
			expect(warningsOf(task)).toEqual(["clips_truncated"]);
			// The eleventh page of a listing that goes round holds nothing new.
			expect(task.meters["twitchRequests"]).toBe(name === "prolific" ? 10 : 11);
		},
	);

	it("moving-order: doubles count once, and what fell into a gap is all that is missing", () => {
		const id = activeOf("moving-order");
		const task = taskOf(tasks, id);
		const truth = new Map(deployment.twitch.truth(id, ...window).map((clip) => [clip.id, clip]));
		const proper = properClips(stored, id);
		for (const clip of proper) expect(clip).toEqual(truth.get(clip.id));
		expect(proper.length).toBeGreaterThan(970);
		expect(task.yield["clipsSeen"]).toBe(proper.length);
		expect(warningsOf(task)).toEqual(["clips_truncated"]);
	});

	it("prolific, some of whose clips are deleted: what cannot be listed is said all the same", () => {
		const id = withDeletedClips();
		const listable = deployment.twitch.listable(id, ...window);
		expect(listable.length).toBeLessThan(1_000);
		expect(listable.length).toBeLessThan(deployment.twitch.truth(id, ...window).length);
		expect(byId(properClips(stored, id))).toEqual(byId(listable));
		expect(warningsOf(taskOf(tasks, id))).toEqual(["clips_truncated"]);
	});

	it("dead: fails at once, by its name, and alone", () => {
		for (const { id } of groupOf("dead")) {
			expect(taskOf(tasks, id)).toMatchObject({
				state: "failed",
				error: { code: "twitch_not_found", httpStatus: 404 },
				attempts: [{ attempt: 1 }],
			});
		}
	});
});

describe("the faults of the whole client", () => {
	withDeployment(10);
	function expectAllWhole(stored: readonly SimulatedClip[]): void {
		for (const { id } of deployment.twitch.streamers) expectWhole(stored, id);
	}

	it("revoked-tokens: a 401 in mid-run is met by one new token", async () => {
		const { counts, hits } = deployment.twitch;
		const before = { tokens: counts.tokens, revoked: hits["revoked-tokens"] };
		const { run } = await runUnder({ "revoked-tokens": { requests: 160 } });
		expect(run).toMatchObject({ verdict: "succeeded", attempts: { retried: 0 } });
		expect(hits["revoked-tokens"] - before.revoked).toBe(1);
		// The first one, and one in the place of that which was revoked.
		expect(counts.tokens - before.tokens).toBe(2);
		expectAllWhole(await storedClips());
	});

	it("throttling: a bucket that runs empty delays the run and fails nobody", async () => {
		const { counts } = deployment.twitch;
		const before = counts.throttled;
		// No point comes back before the bucket is empty: a slow machine asks no faster than that.
		const standsAtMs = Date.now();
		pointsClock = () => (counts.throttled === before ? standsAtMs : Date.now());
		const { run } = await runUnder({ throttling: { points: 60, pointsPerMinute: 1_800 } });
		pointsClock = Date.now;
		expect(counts.throttled).toBeGreaterThan(before);
		expect(run).toMatchObject({ verdict: "succeeded", tasks: { succeeded: streamers } });
		expect(run.meters["twitchThrottledMs"]).toBeGreaterThan(0);
		expectAllWhole(await storedClips());
	});
});

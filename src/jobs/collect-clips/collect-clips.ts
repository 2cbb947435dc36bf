import { toJobName } from "../../domain/ids.ts";
import type { Job } from "../job.ts";
import { collectMessage, type MessagePorts } from "./collect-message.ts";
import { describeStreamers } from "./describe-streamers.ts";
import { planCollection } from "./plan.ts";
import { tallyClips } from "./tally-clips.ts";
import { recountYield, yieldNames } from "./task-result.ts";

export interface CollectClipsPorts extends Omit<MessagePorts, "sleep" | "dice"> {
	/** CLIP_WINDOW_HOURS. */
	readonly clipWindowHours: number;
	/** Default `setTimeout`. */
	readonly sleep?: (ms: number) => Promise<void>;
	/** In [0, 1); default `Math.random`. */
	readonly dice?: () => number;
}

/**
 * The job `collect-clips`: every hour the clips of every enabled streamer. A task is one streamer, named by the
 * broadcaster's id.
 *
 * Meters: `twitchRequests` sent; `gateRequests` calls for a token; `twitchThrottledMs` the longest wait that a
 * message was told by 429s, summed over messages. An attempt also says how long it was at Twitch (`twitchMs`) and
 * waited for D1 (`d1Ms`).
 */
export function createCollectClips(ports: CollectClipsPorts): Job {
	const { database, clipWindowHours } = ports;
	const messagePorts: MessagePorts = {
		...ports,
		sleep: ports.sleep ?? ((ms) => new Promise((resume) => setTimeout(resume, ms))),
		dice: ports.dice ?? Math.random,
	};
	return {
		name: toJobName("collect-clips"),
		schedule: { kind: "cron", cron: "0 * * * *" },
		yieldNames,
		meterNames: ["twitchRequests", "twitchThrottledMs", "gateRequests"],
		plan: (request) => planCollection(database, request, clipWindowHours),
		describeTasks: (taskIds) => describeStreamers(database, taskIds),
		perform: (work) => collectMessage(work, messagePorts),
		tally: async ({ runId, window, tasks }) => {
			const taskIds = tasks.map(({ taskId }) => taskId);
			const written = await tallyClips(database, runId, window, taskIds);
			return new Map(
				tasks.map(({ taskId, reported }) => [taskId, recountYield(written.get(taskId), reported)]),
			);
		},
	};
}

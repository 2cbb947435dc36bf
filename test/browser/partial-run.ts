import { type Ground, plainPages, setUpGround } from "./visits.ts";

/** Ground with a run of 60 tasks of which three failed; made by the first test that needs it. */
const failing = [7, 19, 33];

export interface PartialRun {
	readonly ground: Ground;
	/** @returns its id */
	have(): Promise<string>;
	/** Addresses of every kind of page, those about the run among them. */
	pages(): Promise<string[]>;
}

export function setUpPartialRun(): PartialRun {
	const ground = setUpGround({ streamers: 60 }, { MAX_ATTEMPTS: "1" });
	let partial: string | undefined;
	const have = async () => {
		if (partial !== undefined) return partial;
		for (const index of failing) {
			const reply = { status: 404, body: '{"message":"The broadcaster was not found."}' };
			ground.deployment.twitch.respondWith(ground.streamer(index), reply);
		}
		partial = await ground.start();
		await ground.deployment.sealed(partial);
		return partial;
	};
	return {
		ground,
		have,
		pages: async () => {
			const run = `/runs/${await have()}`;
			const task = `${run}/tasks/${ground.streamer(7)}`;
			return [...plainPages, run, `${run}?state=failed&order=attention`, task, "/nothing/here"];
		},
	};
}

import { expect } from "vitest";
import type { Deployment } from "./deployment.ts";

/** The calls that tests of the API make of their deployment, with what holds for every answer. */
export function callsOf(deploymentOf: () => Deployment) {
	const post = (body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
		deploymentOf().api("/api/runs", {
			method: "POST",
			headers: { "content-type": "application/json", ...headers },
			body: typeof body === "string" ? body : JSON.stringify(body),
		});
	return {
		/** The id of a streamer, who is a task. */
		idOf: (index: number): string => {
			const streamer = deploymentOf().twitch.streamers[index];
			if (streamer === undefined) throw new Error("no such streamer");
			return streamer.id;
		},
		post,
		startRun: async (body: unknown, headers: Record<string, string> = {}): Promise<string> => {
			const answer = await post(body, headers);
			expect(answer.status).toBe(202);
			const { runId } = (await answer.json()) as { runId: string };
			expect(answer.headers.get("location")).toBe(`/api/runs/${runId}`);
			return runId;
		},
		errorOf: async (answer: Response) => {
			const { error } = (await answer.json()) as {
				error: { code: string; message: string; requestId: string };
			};
			expect(error.requestId).toMatch(/^[\w-]{8,}$/);
			expect(error.message.length).toBeGreaterThan(10);
			return { status: answer.status, code: error.code };
		},
	};
}

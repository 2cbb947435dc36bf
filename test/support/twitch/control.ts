/**
 * Owns the strings behind the stage, for tests and command lines in other processes:
 *
 * - `GET /control/faults` → `{"faults": {…}, "hits": {…}}`
 * - `PUT /control/faults`, `"all"`, `["short-pages"]` or `{"slow-answers": {"ms": 500}}` → the same
 * - `PUT /control/now`, `{"nowMs": 1795453200000}` for a clock that stands, `{"offsetMs": 3600000}`
 *   for one that goes → `{"nowMs": …}`
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { FaultsGiven } from "./faults/settings.ts";
import type { FaultSwitches } from "./faults/switches.ts";
import { answer, type Reply, refusal } from "./reply.ts";
import { readText, send } from "./wire.ts";

/** Enough to name 100,000 streamers. */
const BODY_LENGTH_MOST = 2_000_000;

export interface Controls {
	readonly faults: FaultSwitches;
	setFaults(given: FaultsGiven): void;
	setNow(now: number | (() => number)): void;
	now(): number;
}

/** Answers any request below /control. */
export function takeControl(
	request: IncomingMessage,
	response: ServerResponse,
	path: string,
	controls: Controls,
): void {
	readText(request, BODY_LENGTH_MOST, (text) => {
		send(response, decide(`${request.method} ${path}`, text, controls), {});
	});
}

function decide(line: string, text: string, controls: Controls): Reply {
	try {
		switch (line) {
			case "GET /control/faults":
				break;
			case "PUT /control/faults":
				controls.setFaults(JSON.parse(text));
				break;
			case "PUT /control/now":
				controls.setNow(decodeNow(JSON.parse(text)));
				return answer({ nowMs: controls.now() });
			default:
				return refusal(404, "There are GET and PUT /control/faults and PUT /control/now.");
		}
		return answer({ faults: controls.faults.faults, hits: controls.faults.hits });
	} catch (error) {
		if (error instanceof RangeError) return refusal(400, error.message);
		if (error instanceof SyntaxError) return refusal(400, "the body is no JSON");
		throw error;
	}
}

function decodeNow(value: unknown): number | (() => number) {
	const [[name, ms] = [], ...others] = Object.entries(value ?? {});
	if (typeof ms === "number" && Number.isSafeInteger(ms) && others.length === 0) {
		if (name === "nowMs" && ms >= 0) return ms;
		if (name === "offsetMs") return () => Date.now() + ms;
	}
	throw new RangeError('now is {"nowMs": epoch milliseconds} or {"offsetMs": milliseconds}');
}

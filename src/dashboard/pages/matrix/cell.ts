import type { Sign } from "../../parts/marks.tsx";
import { signOfTask } from "../../parts/marks.tsx";
import { stateOf } from "../../run-live/grid-states.ts";
import type { Words } from "../../words/words.ts";

/** A letter of the matrix, as a sign and as a word. */
export interface Cell {
	readonly kind: string;
	readonly sign: Sign;
	readonly told: string;
}

export function readCell(letter: string, words: Words): Cell | null {
	if (letter === "-" || letter === "") return null;
	if (letter === "S") {
		return {
			kind: "retried",
			sign: { tone: "good", glyph: "again" },
			told: words.matrixPage.retried,
		};
	}
	const state = stateOf(letter);
	if (state === undefined) return null;
	return { kind: state, sign: signOfTask[state], told: words.taskState[state] };
}

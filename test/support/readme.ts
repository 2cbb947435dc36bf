import { readFileSync } from "node:fs";

/** The README, for tests that hold it to the code. */
export const readme = readFileSync(new URL("../../README.md", import.meta.url).pathname, "utf8");

/** `from → to` of the state diagram that begins with this state. */
export function drawnWays(first: string): string[] {
	const diagram = [...readme.matchAll(/```mermaid\nstateDiagram-v2\n([\s\S]*?)```/g)]
		.map(([, lines = ""]) => lines)
		.find((lines) => lines.includes(`[*] --> ${first}`));
	if (diagram === undefined) throw new Error(`the README draws nothing that begins with ${first}`);
	return [...diagram.matchAll(/^\s*(\w+) --> (\w+): /gm)].map(([, from, to]) => `${from} → ${to}`);
}

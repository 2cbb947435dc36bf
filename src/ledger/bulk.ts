import { bulkParameterCharactersMax } from "../limits.ts";

/**
 * JSON arrays of `items`, each short enough for one bound parameter: bulk work goes into D1 as one string read
 * by `json_each`, because a statement takes 100 bound values at most. None for no items.
 */
export function bulkParameters(items: readonly unknown[]): string[] {
	const parameters: string[] = [];
	let chunk: string[] = [];
	let characters = 0;
	for (const item of items) {
		const json = JSON.stringify(item);
		if (chunk.length > 0 && characters + json.length > bulkParameterCharactersMax) {
			parameters.push(`[${chunk.join(",")}]`);
			chunk = [];
			characters = 0;
		}
		chunk.push(json);
		characters += json.length + 1;
	}
	if (chunk.length > 0) parameters.push(`[${chunk.join(",")}]`);
	return parameters;
}

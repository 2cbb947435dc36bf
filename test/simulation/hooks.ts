import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { fileURLToPath } from "node:url";

/**
 * Loads shipped code in plain Node: migrations as text, as wrangler bundles them, and, for the guards, with a guard
 * taken out on the way. Files on the disk stay as they are.
 */
export interface Removal {
	/** Below the project's folder. */
	readonly file: string;
	/** Has to be there exactly once. */
	readonly snippet: string;
	readonly instead: string;
}

const root = new URL("../../", import.meta.url).href;

/**
 * drizzle asks of every piece of every statement whether it is one of its classes, and walks through all of them for it:
 * a sixth of the whole simulation. The answer depends on the prototype alone and is remembered here.
 */
const drizzleEntity: Removal = {
	file: "/drizzle-orm/entity.js",
	snippet: "function is(value, type) {",
	instead: `const remembered = new Map();
function is(value, type) {
	if (!value || typeof value !== "object") return false;
	const prototype = Object.getPrototypeOf(value);
	if (prototype === null) return walk(value, type);
	let known = remembered.get(type);
	if (known === undefined) remembered.set(type, (known = new Map()));
	let answer = known.get(prototype);
	if (answer === undefined) known.set(prototype, (answer = walk(value, type)));
	return answer;
}
function walk(value, type) {`,
};

/** It asks of every column of every row what kind of column it is, and what its row looks like: known after the first row. */
const drizzleRows: Removal = {
	file: "/drizzle-orm/utils.js",
	snippet: "function mapResultRow(columns, row, joinsNotNullableMap) {",
	instead: `const plans = new WeakMap();
function planRow(columns) {
	const plan = columns.every(({ path, field }) => path.length === 1 && is(field, Column))
		? columns.map(({ path, field }) => [path[0], field])
		: null;
	plans.set(columns, plan);
	return plan;
}
function mapResultRow(columns, row, joinsNotNullableMap) {
	const plan = joinsNotNullableMap ? null : plans.has(columns) ? plans.get(columns) : planRow(columns);
	if (plan === null) return mapAnyRow(columns, row, joinsNotNullableMap);
	const result = {};
	for (let index = 0; index < plan.length; index += 1) {
		const raw = row[index];
		const [name, column] = plan[index];
		result[name] = raw === null ? null : column.mapFromDriverValue(raw);
	}
	return result;
}
function mapAnyRow(columns, row, joinsNotNullableMap) {`,
};

const faster = [drizzleEntity, drizzleRows];

export function installHooks(removals: readonly Removal[] = []): void {
	registerHooks({
		load(url, context, nextLoad) {
			if (url.endsWith(".sql") || url.endsWith("_journal.json")) {
				const text = readFileSync(fileURLToPath(url), "utf8");
				const source = `export default ${url.endsWith(".sql") ? JSON.stringify(text) : text};`;
				return { format: "module", source, shortCircuit: true };
			}
			const loaded = nextLoad(url, context);
			const here = [
				...faster.filter(({ file }) => url.endsWith(file)),
				...removals.filter(({ file }) => url === root + file),
			];
			if (here.length === 0) return loaded;
			const source = here.reduce(takeOut, String(loaded.source));
			return { ...loaded, source };
		},
	});
}

/** Throws when the snippet is not there exactly once: a guard that moved must be found again by a person. */
export function takeOut(source: string, { file, snippet, instead }: Removal): string {
	const parts = source.split(snippet);
	if (parts.length !== 2) {
		throw new Error(`${file} has ${parts.length - 1} times, and not once: ${snippet}`);
	}
	return parts.join(instead);
}

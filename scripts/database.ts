import { execFileSync } from "node:child_process";
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "drizzle-kit";
import d1 from "../drizzle/d1/drizzle.config.ts";
import runCoordinator from "../drizzle/run-coordinator/drizzle.config.ts";
import runScheduler from "../drizzle/run-scheduler/drizzle.config.ts";
import twitchGate from "../drizzle/twitch-gate/drizzle.config.ts";

/**
 * `generate [name]` writes the migrations that the schemas ask for; `check` fails when they would write one.
 *
 * Every table is `STRICT` and `WITHOUT ROWID` (one row written an insert instead of two), which drizzle cannot
 * say: `generate` adds it to each new table.
 */
/** The end of a `CREATE TABLE` as drizzle writes it. */
const looseTable = /^\);$/gm;
const databases: readonly Config[] = [d1, runCoordinator, runScheduler, twitchGate];
const root = new URL("..", import.meta.url).pathname;

function generate(database: Config, out: string, name: string): void {
	const driver = "driver" in database ? ["--driver", String(database.driver)] : [];
	execFileSync(
		process.execPath,
		[
			join(root, "node_modules/drizzle-kit/bin.cjs"),
			"generate",
			...["--dialect", database.dialect, ...driver],
			...["--schema", String(database.schema), "--out", out, "--name", name],
		],
		{ cwd: root, stdio: ["ignore", "ignore", "inherit"] },
	);
}

function migrationsOf(folder: string): string[] {
	return existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith(".sql")) : [];
}

function generateAll(name: string): void {
	for (const database of databases) {
		const out = String(database.out);
		const folder = join(root, out);
		const before = migrationsOf(folder);
		generate(database, out, name);
		for (const file of migrationsOf(folder)) {
			if (before.includes(file)) continue;
			const statements = readFileSync(join(folder, file), "utf8");
			writeFileSync(join(folder, file), statements.replace(looseTable, ") STRICT, WITHOUT ROWID;"));
			console.log(join(out, file));
		}
	}
}

function checkAll(): boolean {
	let agree = true;
	for (const database of databases) {
		const folder = join(root, String(database.out));
		// drizzle-kit takes every path as one below this folder.
		const out = join("node_modules", ".cache", `daicho-check-${process.pid}`);
		const copy = join(root, out);
		try {
			cpSync(folder, copy, { recursive: true });
			generate(database, `./${out}`, "check");
			for (const file of migrationsOf(copy)) {
				const statements = readFileSync(join(copy, file), "utf8");
				const missing = !migrationsOf(folder).includes(file);
				if (missing)
					console.error(`${database.out} lacks what ${database.schema} says:`, statements);
				const loose = !missing && statements.search(looseTable) >= 0;
				if (loose) console.error(`${database.out}/${file}: a table is not STRICT, WITHOUT ROWID`);
				agree &&= !missing && !loose;
			}
		} finally {
			rmSync(copy, { recursive: true, force: true });
		}
	}
	return agree;
}

const [command, name = "change"] = process.argv.slice(2);
if (command === "generate") {
	generateAll(name);
} else if (command === "check") {
	if (!checkAll()) {
		console.error("Run `npm run db:generate -- NAME` and commit what it writes.");
		process.exit(1);
	}
	console.log("schemas and migrations agree");
} else {
	console.error("usage: node scripts/database.ts generate [name] | check");
	process.exit(1);
}

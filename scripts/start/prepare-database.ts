import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { D1Database } from "@cloudflare/workers-types";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { unstable_getMiniflareWorkerOptions, unstable_splitSqlQuery } from "wrangler";
import type { DatabaseOrder, DatabaseReport, SampleStreamer } from "./database.ts";

/**
 * A program: reads a `DatabaseOrder` from standard input, writes a `DatabaseReport` to standard output.
 *
 * Opens D1 alone. `getPlatformProxy` would open the objects too, without their classes, and an alarm that is due in
 * a kept run would fail there and be given up on.
 */
const rowsPerStatement = 5_000;

async function prepare(order: DatabaseOrder): Promise<DatabaseReport> {
	const { workerOptions } = unstable_getMiniflareWorkerOptions(order.configPath);
	const miniflare = new Miniflare(
		convertV4MiniflareOptions({
			modules: true,
			script: "",
			d1Databases: workerOptions["d1Databases"] as Record<string, { id: string }>,
			resourcePersistencePath: join(order.persistTo, "v3"),
		}),
	);
	try {
		const database = (await miniflare.getD1Database("DB")) as unknown as D1Database;
		const applied = await applyMigrations(database, order.migrationsFolder);
		if (order.streamers !== null) await enable(database, order.streamers);
		if (order.streamers !== null && order.noOthers) await disableOthers(database, order.streamers);
		const enabled = await database
			.prepare("SELECT count(*) AS count FROM streamers WHERE enabled = 1")
			.first<{ count: number }>();
		return { applied, enabledStreamers: enabled?.count ?? 0 };
	} finally {
		await miniflare.dispose();
	}
}

/**
 * As `wrangler d1 migrations apply --local` does, with the same account of what was applied, so that either may go on where
 * the other stopped; in a sixth of the time, since it needs no start of wrangler. A migration applies whole or not at all.
 */
async function applyMigrations(database: D1Database, folder: string): Promise<string[]> {
	await database.exec(
		"CREATE TABLE IF NOT EXISTS d1_migrations (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)",
	);
	const { results } = await database
		.prepare("SELECT name FROM d1_migrations")
		.all<{ name: string }>();
	const known = new Set(results.map(({ name }) => name));
	const missing = readdirSync(folder)
		.filter((name) => name.endsWith(".sql") && !known.has(name))
		.sort();
	for (const name of missing) {
		const statements = unstable_splitSqlQuery(readFileSync(join(folder, name), "utf8"));
		await database.batch([
			...statements.map((statement) => database.prepare(statement)),
			database.prepare("INSERT INTO d1_migrations (name) VALUES (?1)").bind(name),
		]);
	}
	return missing;
}

async function enable(database: D1Database, streamers: readonly SampleStreamer[]): Promise<void> {
	for (let first = 0; first < streamers.length; first += rowsPerStatement) {
		const rows = streamers.slice(first, first + rowsPerStatement);
		await database
			.prepare(
				`INSERT INTO streamers (broadcaster_id, login, display_name, enabled, added_at_ms)
				SELECT value ->> 'id', value ->> 'login', value ->> 'displayName', 1, ?2 FROM json_each(?1) WHERE true
				ON CONFLICT DO UPDATE SET enabled = 1, login = excluded.login, display_name = excluded.display_name
				WHERE enabled = 0 OR login <> excluded.login OR display_name <> excluded.display_name`,
			)
			.bind(JSON.stringify(rows), Date.now())
			.run();
	}
}

/** Leaves exactly these enabled, so that a run has as many tasks as were asked for. */
async function disableOthers(
	database: D1Database,
	streamers: readonly SampleStreamer[],
): Promise<void> {
	await database
		.prepare(
			`UPDATE streamers SET enabled = 0
			WHERE enabled = 1 AND broadcaster_id NOT IN (SELECT value FROM json_each(?1))`,
		)
		.bind(JSON.stringify(streamers.map(({ id }) => id)))
		.run();
}

const report = await prepare(JSON.parse(await text(process.stdin)) as DatabaseOrder);
process.stdout.write(JSON.stringify(report));

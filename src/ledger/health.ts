import { and, asc, desc, eq, isNotNull } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { runs } from "../../drizzle/d1/schema.ts";
import type { JobName } from "../domain/ids.ts";

export interface HealthFacts {
	/** Start of the job's first run; null before there was one. */
	readonly firstStartedAtMs: number | null;
	/** Seal of the newest sealed run; null before there was one. */
	readonly lastSealedAtMs: number | null;
}

/** Anybody may ask this, so it reads the two ends of an index and no more. */
export async function readHealthFacts(database: D1Database, job: JobName): Promise<HealthFacts> {
	const db = drizzle(database);
	const [first, last] = await db.batch([
		db
			.select({ atMs: runs.startedAtMs })
			.from(runs)
			.where(eq(runs.job, job))
			.orderBy(asc(runs.startedAtMs))
			.limit(1),
		db
			.select({ atMs: runs.sealedAtMs })
			.from(runs)
			.where(and(eq(runs.job, job), isNotNull(runs.sealedAtMs)))
			.orderBy(desc(runs.startedAtMs))
			.limit(1),
	]);
	return { firstStartedAtMs: first[0]?.atMs ?? null, lastSealedAtMs: last[0]?.atMs ?? null };
}

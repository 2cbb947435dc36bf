import type { Database, Statement, StatementResult } from "../../src/ledger/database.ts";
import { type Journey, type Mishap, type Nature, travel } from "./network.ts";
import type { Process } from "./process.ts";
import { PreparedDatabase } from "./storage.ts";

const minuteMs = 60_000;
const seal = /SET state = 'sealed'/;

/** The one D1 of the world: real SQL, reached over a bad network. */
export class SimulatedD1 {
	readonly database: PreparedDatabase;
	/** Writes that were given up by whoever asked for them and are still under way. */
	underWay = 0;
	/** Makes seals fail, whatever the seed says: D1 has not taken them, or has. */
	sealFails: "before" | "after" | "hangs before" | "hangs after" | null = null;
	/** Seals that were asked for. */
	sealTries = 0;
	readonly #nature: Nature;
	#downUntilMs = 0;

	constructor(nature: Nature, database: PreparedDatabase) {
		this.#nature = nature;
		this.database = database;
	}

	/** D1 as one process reaches it. */
	reachedBy(process: Process): Database {
		return {
			prepare: (query) => new SimulatedStatement(this, process, query, []),
			batch: <Row>(statements: Statement[]) =>
				this.call(process, statements as SimulatedStatement[], true) as Promise<
					StatementResult<Row>[]
				>,
		};
	}

	call(
		process: Process,
		statements: readonly SimulatedStatement[],
		isBatch: boolean,
	): Promise<StatementResult[]> {
		const { kernel, faults, random } = this.#nature;
		const words = statements[0]?.words ?? "nothing";
		const label = `${process.name} > d1 ${words}`;
		if (faults.draw("d1-down", 0.05)) {
			this.#downUntilMs = kernel.nowMs + faults.of("d1-down").between(10_000, 180 * minuteMs);
		}
		const isDown = this.#downUntilMs > kernel.nowMs && !faults.over;
		const isLate = !isDown && faults.strike("d1-late", 0.5);
		if (isLate) this.#carryOutLate(label, process, statements, isBatch);
		const sealFails = this.#failsAsSeal(statements);
		const slowMs = faults.strike("d1-slow") ? faults.of("d1-slow").below(40_000) : 0;
		const lost = "D1_ERROR: Network connection lost.";
		const reset = "D1_ERROR: storage caused object to be reset.";
		const refused = (): Mishap | false => {
			if (isDown) return { kind: "d1-down", says: lost };
			if (isLate || sealFails === "before") return { kind: null, says: lost };
			return faults.draw("d1-refuse") && { kind: "d1-refuse", says: lost };
		};
		const unanswered = (): Mishap | false => {
			if (sealFails === "after") return { kind: null, says: reset };
			return faults.draw("d1-unanswered") && { kind: "d1-unanswered", says: reset };
		};
		const hangs = (): NonNullable<Journey["hangs"]> | null => {
			if (sealFails === "hangs before") return { kind: null, when: "before" };
			if (sealFails === "hangs after") return { kind: null, when: "after" };
			if (!faults.draw("d1-hang", 0.3)) return null;
			return { kind: "d1-hang", when: faults.of("d1-hang").pick(["before", "after"]) };
		};
		return travel(
			this.#nature,
			process,
			{
				label,
				latencyMs: random.between(3, 60) + slowMs,
				refused: refused(),
				unanswered: unanswered(),
				hangs: hangs(),
			},
			() => this.#carryOut(process, statements, isBatch),
		);
	}

	/** How a scenario has it fail; null when it is no seal. */
	#failsAsSeal(statements: readonly SimulatedStatement[]): SimulatedD1["sealFails"] {
		if (this.sealFails === null || !statements.some(({ query }) => seal.test(query))) return null;
		this.sealTries += 1;
		return this.sealFails;
	}

	#carryOutLate(
		label: string,
		process: Process,
		statements: readonly SimulatedStatement[],
		isBatch: boolean,
	): void {
		const { kernel, faults } = this.#nature;
		this.underWay += 1;
		const late = faults.of("d1-late");
		const laterMs = late.below(late.pick([10_000, 20 * minuteMs]));
		kernel.after(laterMs, `${label} lands late`, () => {
			this.underWay -= 1;
			this.#carryOut(process, statements, isBatch);
		});
	}

	#carryOut(
		process: Process,
		statements: readonly SimulatedStatement[],
		isBatch: boolean,
	): StatementResult[] {
		const { database } = this;
		database.writer = process.runId;
		if (isBatch) database.run("BEGIN", []);
		try {
			const results = statements.map(({ query, values }) => {
				const { names, rows, written } = database.run(query, values);
				const objects = rows.map((row) =>
					Object.fromEntries(names.map((name, at) => [name, row[at]])),
				);
				return { results: objects, meta: { rows_read: rows.length, rows_written: written } };
			});
			if (isBatch) database.run("COMMIT", []);
			return results;
		} catch (error) {
			if (isBatch) database.run("ROLLBACK", []);
			throw error;
		}
	}
}

class SimulatedStatement implements Statement {
	readonly query: string;
	readonly values: readonly unknown[];
	readonly #d1: SimulatedD1;
	readonly #process: Process;

	constructor(d1: SimulatedD1, process: Process, query: string, values: readonly unknown[]) {
		this.#d1 = d1;
		this.#process = process;
		this.query = query;
		this.values = values;
	}

	/** For the trace: what it does to which table. */
	get words(): string {
		const [verb = ""] = this.query.trim().split(/\s/, 1);
		const table = /\b(?:FROM|INTO|UPDATE)\s+(\w+)/.exec(this.query)?.[1] ?? "";
		return `${verb.toLowerCase()} ${table}`;
	}

	bind(...values: unknown[]): Statement {
		return new SimulatedStatement(this.#d1, this.#process, this.query, values);
	}

	async all<Row>(): Promise<StatementResult<Row>> {
		const [result] = await this.#d1.call(this.#process, [this], false);
		if (result === undefined) throw new Error("one statement has one result");
		return result as StatementResult<Row>;
	}
}

/** With its tables. Kept for the next seed, emptied: what is prepared on it stays prepared. */
export function createD1(
	migrations: readonly string[],
	watch: (database: PreparedDatabase) => void,
) {
	const database = new PreparedDatabase();
	for (const statement of migrations) database.sqlite.exec(statement);
	watch(database);
	return database;
}

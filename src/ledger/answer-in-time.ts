import { d1BatchMsMax } from "../limits.ts";
import type { WithinTime } from "../time-limit.ts";
import type { Database, Statement, StatementResult } from "./database.ts";

/** Milliseconds. By then D1 has ended what it was asked for, and the answer is one that was lost on its way. */
const answerMs = d1BatchMsMax + 15_000;

/**
 * The same database, whose calls reject when there is no answer in time. Without that a call that is never answered
 * holds an alarm, or a place at the queue, until the platform takes it down after 15 minutes. As after any failure of
 * D1, what was asked for may be carried out all the same.
 */
export function answeringInTime(database: Database, withinTime: WithinTime): Database {
	return {
		prepare: (query) => new TimedStatement(database.prepare(query), withinTime),
		batch: <Row>(statements: Statement[]) =>
			withinTime(
				database.batch<Row>(
					statements.map((statement) =>
						statement instanceof TimedStatement ? statement.untimed : statement,
					),
				),
				answerMs,
			),
	};
}

class TimedStatement implements Statement {
	/** What the database itself takes. */
	readonly untimed: Statement;
	readonly #withinTime: WithinTime;

	constructor(untimed: Statement, withinTime: WithinTime) {
		this.untimed = untimed;
		this.#withinTime = withinTime;
	}

	bind(...values: unknown[]): Statement {
		return new TimedStatement(this.untimed.bind(...values), this.#withinTime);
	}

	all<Row>(): Promise<StatementResult<Row>> {
		return this.#withinTime(this.untimed.all<Row>(), answerMs);
	}
}

/**
 * One JSON line an event that matters. Local runtimes and tail Workers do not say whose line it is, so each
 * names its service.
 */
export type LogLevel = "info" | "warn" | "error";

export interface LogFields {
	readonly runId?: string;
	readonly taskId?: string;
	readonly attempt?: number;
	readonly [name: string]: unknown;
}

/** @param event in snake case, past tense: `run_sealed` */
export type Log = (level: LogLevel, event: string, fields?: LogFields) => void;

export function createLog(service: string): Log {
	return (level, event, fields = {}) => {
		// console.error and console.warn set the level that Workers Logs shows.
		console[level](JSON.stringify({ service, level, event, ...fields }));
	};
}

const errorCharactersMax = 500;

/** What a caught value says, for a log line: never its stack, nor what drizzle adds, which quote inputs. */
export function describeError(error: unknown): string {
	if (!(error instanceof Error)) return String(error).slice(0, errorCharactersMax);
	// drizzle puts the whole statement and its parameters into the message, and the database's words into the cause.
	if (/^Failed (query:|to run the query)/.test(error.message)) return describeError(error.cause);
	return `${error.name}: ${error.message}`.slice(0, errorCharactersMax);
}

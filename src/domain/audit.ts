import type { Actor } from "./actor.ts";

/** What people do to the ledger and its schedule, and is written down. Pure. */
export const auditActions = [
	"run.start",
	"run.rerun",
	"run.cancel",
	"schedule.pause",
	"schedule.resume",
	"session.sign_in",
	"session.sign_out",
] as const;
export type AuditAction = (typeof auditActions)[number];

/** An act as it is about to be done. */
export interface Act {
	readonly action: AuditAction;
	readonly who: Actor;
	/** A run, a job or a session. */
	readonly subject: string;
	/** What was asked for, in a few plain values. */
	readonly detail: Readonly<Record<string, string | number>>;
}

export interface AuditEntry extends Act {
	/** In the order of time. */
	readonly id: string;
	readonly atMs: number;
	/** A run's id or a short text; null when the answer to the act is not known (yet). */
	readonly result: string | null;
}

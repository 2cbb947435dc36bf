import { randomBytes } from "node:crypto";
import { Refusal } from "./refusal.ts";

export interface AdminToken {
	readonly value: string;
	/** Set by the operator as ADMIN_TOKEN, and never shown; otherwise made for this start, and shown. */
	readonly chosen: boolean;
}

export function readAdminToken(env: NodeJS.ProcessEnv): AdminToken {
	const chosen = env["ADMIN_TOKEN"] ?? "";
	if (chosen === "") return { value: randomBytes(18).toString("base64url"), chosen: false };
	if (/^[\x21-\x7e]+$/.test(chosen)) return { value: chosen, chosen: true };
	throw new Refusal("ADMIN_TOKEN must be visible ASCII without spaces: it travels in a header.");
}

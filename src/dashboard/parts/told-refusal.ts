import type { Refusal } from "../api/client.ts";
import type { Session } from "../api/shapes.ts";
import type { Words } from "../words/words.ts";

/**
 * Why the ledger did not answer, or did not do what was asked. What its code says comes first: it tells what to do
 * where the status only tells that it went wrong. Pure.
 * @param via how the reader is signed in: who may act is told elsewhere in each case
 */
export function tellRefusal(
	{ kind, code, message }: Refusal,
	words: Words,
	via: Session["via"] | undefined,
): string {
	if (kind === "offline") return words.states.offline;
	if (code === "wrong_configuration") return words.wrongConfiguration(message);
	if (code === "operators_only" && via !== undefined) return words.act.viewer[via];
	const told = words.refusal[code];
	if (told !== undefined) return told;
	if (kind === "not_found") return words.states.notFound;
	if (kind === "forbidden") return words.states.forbidden;
	if (kind === "broken" || message === "") return words.states.broken;
	return words.refusedOther(message);
}

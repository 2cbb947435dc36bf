import type { RunId } from "../domain/ids.ts";

/**
 * The page of a run, for links in notices; null while nobody has said under which address daicho is seen.
 *
 * @param publicUrl without a slash at the end
 */
export function runAddress(publicUrl: string | null | undefined, runId: RunId): string | null {
	return publicUrl == null ? null : `${publicUrl}/runs/${encodeURIComponent(runId)}`;
}

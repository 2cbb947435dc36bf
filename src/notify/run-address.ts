import type { RunId } from "../domain/ids.ts";

/**
 * Where a run can be looked at, for links in notices; null while nobody has said under which address daicho is seen.
 *
 * @param publicUrl without a slash at the end
 */
export function runAddress(publicUrl: string | null | undefined, runId: RunId): string | null {
	return publicUrl == null ? null : `${publicUrl}/api/runs/${runId}`;
}

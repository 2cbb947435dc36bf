import type { Failure } from "../api/shapes.ts";
import { useReader } from "./reader.tsx";
import { tellFailure } from "./told-failure.ts";

/** A failure in the reader's words, then what was said by whom it came from, as it was said. */
export function FailureText({ failure }: { readonly failure: Pick<Failure, "code" | "message"> }) {
	const { words } = useReader();
	const { told, said } = tellFailure(failure, words);
	return (
		<>
			{told}
			{said !== null && (
				<>
					{words.blank}
					<q class="said" lang="en">
						{said}
					</q>
				</>
			)}
		</>
	);
}

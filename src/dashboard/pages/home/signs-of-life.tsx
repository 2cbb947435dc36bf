import type { Schedule } from "../../api/shapes.ts";
import { useReader } from "../../parts/reader.tsx";
import { useAge } from "../../parts/time.tsx";

/** When each of those that can start a run was last seen: two that watch each other, and whoever asks. */
const proofs = ["cron", "alarm", "http"] as const;

export function SignsOfLife({ schedule }: { readonly schedule: Schedule }) {
	const { words } = useReader();
	const age = useAge();
	return (
		<dl class="signs">
			<dt>{words.schedule.proof}</dt>
			{proofs.map((proof) => {
				const at = schedule.proofOfLife[proof];
				return (
					<dd key={proof}>
						{words.schedule[proof]} <span>{at === null ? words.schedule.never : age(at)}</span>
					</dd>
				);
			})}
		</dl>
	);
}

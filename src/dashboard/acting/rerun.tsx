import { post } from "../api/client.ts";
import type { DryRun } from "../api/shapes.ts";
import { useReader } from "../parts/reader.tsx";
import { go } from "../url/location.ts";
import { runPath } from "../url/routes.ts";
import { Estimate } from "./estimate.tsx";
import { Question } from "./question.tsx";

export type RerunScope =
	| { readonly scope: "failed" }
	| { readonly scope: "all" }
	| { readonly scope: "cause"; readonly fingerprint: string }
	| { readonly scope: "selection"; readonly taskIds: readonly string[] };

/** A new run from a sealed one; then its page, where it fills. */
export function RerunDialog(props: {
	readonly runId: string;
	readonly what: RerunScope;
	readonly onClose: () => void;
}) {
	const { words } = useReader();
	const path = `/api/runs/${encodeURIComponent(props.runId)}/rerun`;
	return (
		<Question<DryRun, { readonly runId: string }>
			title={words.act.rerunTitle[props.what.scope]}
			asks={`rerun ${props.runId} ${JSON.stringify(props.what)}`}
			confirm={words.act.doRerun}
			check={() => post(path, { ...props.what, dryRun: true })}
			describe={(plan) =>
				plan && (
					<>
						<Estimate plan={plan} />
						<p>{plan.window === null ? words.act.windowAnew : words.act.window}</p>
					</>
				)
			}
			send={(key) => post(path, props.what, key)}
			onDone={({ runId }) => {
				go(runPath(runId));
				return undefined;
			}}
			onClose={props.onClose}
		/>
	);
}

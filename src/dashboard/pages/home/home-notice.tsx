import type { Resource } from "../../api/use-resource.ts";
import { Stale, Trouble } from "../../parts/notices.tsx";
import { useReader } from "../../parts/reader.tsx";

/**
 * The first page asks for three things. One that is missing must not look like one that is well, so what could not be
 * asked is named; what is old is told with the age of the oldest.
 */
type Asked = Pick<Resource<unknown>, "value" | "atMs" | "refusal">;

export function HomeNotice(props: {
	readonly runs: Asked;
	readonly schedule: Asked;
	readonly incidents: Asked;
	readonly retry: () => void;
}) {
	const { words } = useReader();
	const refused = (["incidents", "schedule", "runs"] as const)
		.map((name) => ({ name, ...props[name] }))
		.filter(({ refusal }) => refusal !== undefined);
	const [first] = refused;
	if (first?.refusal === undefined) return null;
	const missing = refused.filter(({ value }) => value === undefined);
	if (missing.length === 0) {
		const oldestMs = Math.min(...refused.map(({ atMs }) => atMs ?? 0));
		return <Stale refusal={first.refusal} atMs={oldestMs} retry={props.retry} />;
	}
	return (
		<Trouble refusal={missing[0]?.refusal ?? first.refusal} retry={props.retry}>
			{missing.map(({ name }) => words.states.missing[name]).join("")}
		</Trouble>
	);
}

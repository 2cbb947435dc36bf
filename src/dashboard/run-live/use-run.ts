import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Refusal } from "../api/client.ts";
import type { Grid, Summary, TaskState } from "../api/shapes.ts";
import { useResource } from "../api/use-resource.ts";
import { decodeStates } from "./grid-states.ts";
import { LiveLink } from "./live-link.ts";
import type { LiveState } from "./live-state.ts";
import { isLively, slowTurns } from "./lively.ts";

/** A run as the page shows it: live while it is open, at rest when it is sealed. */
export interface RunView {
	readonly summary: Summary | undefined;
	readonly taskIds: readonly string[];
	readonly names: readonly (string | null)[];
	readonly states: readonly TaskState[];
	/** Whether the list of tasks was answered, however long it is. */
	readonly isGridKnown: boolean;
	readonly link: LiveState["link"];
	readonly asOfMs: number | undefined;
	readonly refusal: Refusal | undefined;
	readonly reload: () => void;
}

/** Without a socket the tasks are looked at less often than the summary: they are many. */
const gridRefreshMs = 4_000;

export function useRun(runId: string): RunView {
	const path = `/api/runs/${encodeURIComponent(runId)}`;
	const first = useResource<Summary>(path);
	const [live, setLive] = useState<{ runId: string; state: LiveState }>();
	const state = live?.runId === runId ? live.state : undefined;
	const isOpen = first.value !== undefined && first.value.state !== "sealed";
	// What is sealed stays so, whoever said it first: the link then ends, and may not have heard.
	const summary = isOpen ? (state?.summary ?? first.value) : first.value;
	const asOfMs = state?.asOfMs ?? first.atMs;

	const link = useRef<LiveLink>(undefined);
	useEffect(() => {
		if (!isOpen) return;
		const made = new LiveLink(runId, (next) => setLive({ runId, state: next }));
		link.current = made;
		return () => made.stop();
	}, [runId, isOpen]);
	// Asked for again when somebody presses "try now", or the page or the connection is back.
	useEffect(() => {
		if (first.value !== undefined) link.current?.tell(first.value, first.atMs ?? 0);
	}, [first.value, first.atMs]);

	const grid = useResource<Grid>(summary === undefined ? null : `${path}/grid`);
	// Who they are is known once they are planned; after that only their states change, and they are many.
	const planned = summary?.tasks.planned;
	const seenPlanned = useRef(planned);
	useEffect(() => {
		const before = seenPlanned.current;
		seenPlanned.current = planned;
		if (before !== undefined && before !== planned) grid.reload();
	}, [planned, grid.reload]);

	// Asked for where no socket tells of them, and for the last time when the run is sealed.
	const nowMs = Date.now();
	const isSlow = summary !== undefined && !isLively(summary, asOfMs ?? nowMs, nowMs);
	const statesRefreshMs = isSlow ? gridRefreshMs * slowTurns : gridRefreshMs;
	const isPolled = isOpen && state?.link === "polling";
	const wasOpen = useRef(false);
	if (isOpen) wasOpen.current = true;
	const isOver = wasOpen.current && summary?.state === "sealed";
	const changed = useResource<Pick<Grid, "states">>(
		grid.value !== undefined && (isPolled || isOver) ? `${path}/grid?part=states` : null,
		isPolled && !isOver ? statesRefreshMs : null,
	);
	const isChangedNewer = (changed.atMs ?? 0) > (grid.atMs ?? 0);
	const asked = isChangedNewer ? changed : grid;
	const askedStates = asked.value?.states ?? "";
	const polled = useMemo(() => decodeStates(askedStates), [askedStates]);

	const isToldLive = isOpen && state?.link === "live" && state.states.length > 0;
	const isToldLater = (state?.statesAtMs ?? 0) > (asked.atMs ?? 0);
	return {
		summary,
		taskIds: grid.value?.taskIds ?? [],
		names: grid.value?.names ?? [],
		states: state !== undefined && (isToldLive || isToldLater) ? state.states : polled,
		isGridKnown: grid.value !== undefined,
		link: summary?.state === "sealed" ? "sealed" : (state?.link ?? "connecting"),
		asOfMs,
		refusal: first.refusal ?? changed.refusal,
		reload: () => {
			first.reload();
			changed.reload();
		},
	};
}

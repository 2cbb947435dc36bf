import { useMemo, useRef, useState } from "preact/hooks";
import type { RerunScope } from "../../acting/rerun.tsx";
import type { Summary } from "../../api/shapes.ts";
import { formatCount } from "../../format/spans.ts";
import { useKey } from "../../layout/key-names.ts";
import { Mark, signOfTask } from "../../parts/marks.tsx";
import { Empty, Loading } from "../../parts/notices.tsx";
import { Pager } from "../../parts/pager.tsx";
import { useReader } from "../../parts/reader.tsx";
import { whyNoTasks } from "../../parts/told-run.ts";
import type { RunView } from "../../run-live/use-run.ts";
import { setQuery } from "../../url/location.ts";
import { readChoice, readPage, readText } from "../../url/query.ts";
import { countByState } from "./count-by-state.ts";
import { findTasks } from "./find-tasks.ts";
import { TaskGrid } from "./task-grid.tsx";
import { TaskTable } from "./task-table.tsx";

/** Every task: a mark each, and the same as a table with filter and search. Both are kept in the address. */
const filters = [
	"all",
	"failed",
	"lost",
	"running",
	"waiting",
	"planned",
	"cancelled",
	"succeeded",
] as const;
const orders = ["place", "attention"] as const;
const pageSize = 25;

export function Tasks(props: {
	readonly runId: string;
	readonly summary: Summary;
	readonly run: RunView;
	readonly search: string;
	readonly onRerun: (what: RerunScope) => void;
}) {
	const { words, language, mayAct } = useReader();
	const { run, summary, search } = props;
	const order = readChoice(search, "order", orders);
	const isAttentionFirst = order === "attention";
	const state = readChoice(search, "state", filters);
	const text = readText(search, "q");
	const field = useRef<HTMLInputElement>(null);
	const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
	useKey("/", () => field.current?.focus());
	const found = useMemo(
		() => findTasks(run, { state, text, isAttentionFirst, page: readPage(search) }, pageSize),
		[run.taskIds, run.names, run.states, state, text, isAttentionFirst, search],
	);
	const counts = useMemo(() => countByState(run.states), [run.states]);
	const count = (value: number) => formatCount(value, language);
	const whyNone = whyNoTasks(summary);
	if (run.taskIds.length === 0) {
		return (
			<section aria-labelledby="tasks">
				<h2 id="tasks">{words.tasks.title}</h2>
				{summary.state === "planning" ? (
					<Empty title={words.tasks.planning} />
				) : summary.tasks.planned === 0 ? (
					<Empty title={words.tasks.empty}>
						{whyNone !== undefined && <p>{words.tasks.emptyBecause[whyNone]}</p>}
					</Empty>
				) : run.isGridKnown && summary.state === "sealed" ? (
					<Empty title={words.tasks.forgotten} />
				) : (
					<Loading />
				)}
			</section>
		);
	}
	return (
		<section aria-labelledby="tasks">
			<header class="section-head">
				<h2 id="tasks">{words.tasks.title}</h2>
				<fieldset class="segments">
					<legend class="unseen">{words.tasks.order}</legend>
					{orders.map((one) => (
						<label key={one}>
							<input
								type="radio"
								name="order"
								checked={one === order}
								onChange={() => setQuery({ order: one === "place" ? null : one })}
							/>
							<span>{words.tasks[one]}</span>
						</label>
					))}
				</fieldset>
			</header>
			<TaskGrid runId={props.runId} run={run} isAttentionFirst={isAttentionFirst} />
			<div class="filters">
				<div class="chips">
					{filters
						.filter((one) => one === "all" || counts[one] > 0 || one === state)
						.map((one) => (
							<button
								key={one}
								type="button"
								class="chip"
								aria-pressed={one === state}
								onClick={() => setQuery({ state: one === "all" ? null : one, page: null })}
							>
								{one === "all" ? words.tasks.all : <Mark sign={signOfTask[one]} />}
								{one !== "all" && words.taskState[one]}
								<span class="num soft">
									{count(one === "all" ? run.states.length : counts[one])}
								</span>
							</button>
						))}
				</div>
				<input
					ref={field}
					type="search"
					class="search"
					value={text}
					placeholder={words.tasks.search}
					aria-label={words.tasks.search}
					onInput={(event) => setQuery({ q: event.currentTarget.value, page: null })}
				/>
			</div>
			{selected.size > 0 && (
				<div class="selection" role="status">
					<span>{words.tasks.selected(selected.size, count(selected.size))}</span>
					<button
						type="button"
						class="button small primary"
						onClick={() => props.onRerun({ scope: "selection", taskIds: [...selected] })}
					>
						{words.act.rerunSelected(selected.size, count(selected.size))}
					</button>
					<button type="button" class="button small" onClick={() => setSelected(new Set())}>
						{words.tasks.clear}
					</button>
				</div>
			)}
			{found.total === 0 ? (
				<Empty title={words.tasks.none} />
			) : (
				<TaskTable
					runId={props.runId}
					run={run}
					found={found}
					state={state}
					pageSize={pageSize}
					selected={mayAct && summary.verdict !== null ? selected : null}
					onSelect={setSelected}
				/>
			)}
			<Pager page={found.page} pageSize={pageSize} total={found.total} />
		</section>
	);
}

import { useRef } from "preact/hooks";
import type { RunList, Summary, Verdict } from "../../api/shapes.ts";
import { useResource } from "../../api/use-resource.ts";
import { formatCount } from "../../format/spans.ts";
import { CursorPager } from "../../parts/cursor-pager.tsx";
import { VerdictBadge } from "../../parts/marks.tsx";
import { Empty, Loading, Refused } from "../../parts/notices.tsx";
import { useReader } from "../../parts/reader.tsx";
import { Duration, Moment } from "../../parts/time.tsx";
import { setQuery } from "../../url/location.ts";
import { readChoice, readText } from "../../url/query.ts";
import { runPath } from "../../url/routes.ts";
import { useReloadWhenChanged } from "./use-reload-when-changed.ts";

/** The ledger itself: one ruled line a run, newest first. */
const verdicts = ["all", "succeeded", "partial", "failed", "timed_out", "cancelled"] as const;

export function RecentRuns(props: { readonly search: string; readonly newest: RunList }) {
	const { words } = useReader();
	const verdict = readChoice(props.search, "verdict", verdicts);
	const cursor = readText(props.search, "cursor");
	const isNewest = verdict === "all" && cursor === "";
	const query = new URLSearchParams({ limit: "20" });
	if (verdict !== "all") query.set("verdict", verdict);
	if (cursor !== "") query.set("cursor", cursor);
	const asked = useResource<RunList>(isNewest ? null : `/api/runs?${query}`);
	useReloadWhenChanged(asked.reload, props.newest);
	const list = isNewest ? props.newest : asked.value;
	const heading = useRef<HTMLHeadingElement>(null);
	return (
		<section class="recent" aria-labelledby="recent">
			<header class="section-head">
				<h2 id="recent" ref={heading} tabIndex={-1}>
					{words.recent.title}
				</h2>
				<label class="choice">
					<span class="unseen">{words.recent.filter}</span>
					<select
						value={verdict}
						onChange={(event) => {
							const { value } = event.currentTarget;
							setQuery({ verdict: value === "all" ? null : value, cursor: null });
						}}
					>
						{verdicts.map((one) => (
							<option key={one} value={one}>
								{one === "all" ? words.recent.all : words.verdict[one as Verdict]}
							</option>
						))}
					</select>
				</label>
			</header>
			{list === undefined ? (
				asked.refusal === undefined ? (
					<Loading />
				) : (
					<Refused refusal={asked.refusal} retry={asked.reload} />
				)
			) : list.runs.length === 0 ? (
				<Empty title={isNewest ? words.recent.noRuns : words.recent.empty} />
			) : (
				<RunTable runs={list.runs} />
			)}
			<CursorPager
				label={words.recent.title}
				heading={heading}
				search={props.search}
				backLabel={words.recent.newest}
				back={cursor === "" ? undefined : null}
				onLabel={words.recent.older}
				next={list?.cursor ?? null}
			/>
		</section>
	);
}

function RunTable({ runs }: { readonly runs: readonly Summary[] }) {
	const { words, language } = useReader();
	const count = (value: number) => formatCount(value, language);
	return (
		<div class="table-scroll">
			<table class="ledger-table run-table">
				<thead>
					<tr>
						<th scope="col">{words.recent.started}</th>
						<th scope="col">{words.recent.verdict}</th>
						<th scope="col" class="right">
							{words.recent.tasks}
						</th>
						<th scope="col" class="right">
							{words.recent.newClips}
						</th>
						<th scope="col" class="right roomy">
							{words.recent.requests}
						</th>
						<th scope="col" class="right roomy">
							{words.recent.duration}
						</th>
						<th scope="col" class="roomy">
							{words.recent.trigger}
						</th>
					</tr>
				</thead>
				<tbody>
					{runs.map((run) => (
						<tr key={run.runId}>
							<td>
								<a class="row-link" href={runPath(run.runId)}>
									<Moment at={run.startedAt} />
								</a>
							</td>
							<td>
								<VerdictBadge verdict={run.verdict} />
							</td>
							<td class="right num">
								{words.recent.outOf(count(run.tasks.succeeded), count(run.tasks.planned))}
							</td>
							<td class="right num">{count(run.yield["clipsNew"] ?? 0)}</td>
							<td class="right num roomy">{count(run.meters["twitchRequests"] ?? 0)}</td>
							<td class="right roomy">
								<Duration ms={run.durationMs} />
							</td>
							<td class="soft roomy">{words.trigger[run.trigger]}</td>
						</tr>
					))}
				</tbody>
			</table>
		</div>
	);
}

import { useRef } from "preact/hooks";
import type { Matrix, Schedule } from "../../api/shapes.ts";
import { useResource } from "../../api/use-resource.ts";
import { formatCount } from "../../format/spans.ts";
import { useKey } from "../../layout/key-names.ts";
import { CursorPager } from "../../parts/cursor-pager.tsx";
import { useTitle } from "../../parts/document-title.ts";
import { Mark } from "../../parts/marks.tsx";
import { Empty, Loading, Refused, Stale } from "../../parts/notices.tsx";
import { useReader } from "../../parts/reader.tsx";
import { useSettled } from "../../parts/use-settled.ts";
import { setQuery } from "../../url/location.ts";
import { readText } from "../../url/query.ts";
import { readCell } from "./cell.ts";
import { MatrixTable } from "./matrix-table.tsx";

/** Tasks × the last 48 runs of a job: who is flaky, and since when. */
const refreshMs = 60_000;
const rowsMax = 50;

export default function MatrixPage({ search }: { readonly search: string }) {
	const { words, language } = useReader();
	useTitle(words.matrix);
	const text = readText(search, "q");
	const cursor = readText(search, "cursor");
	const job = readText(search, "job") || "collect-clips";
	const schedule = useResource<Schedule>("/api/schedule");
	const query = new URLSearchParams({ job, limit: String(rowsMax) });
	const asked = useSettled(text);
	if (asked !== "") query.set("search", asked);
	if (cursor !== "") query.set("cursor", cursor);
	const matrix = useResource<Matrix>(`/api/matrix?${query}`, refreshMs);
	const field = useRef<HTMLInputElement>(null);
	const heading = useRef<HTMLHeadingElement>(null);
	useKey("/", () => field.current?.focus());
	const { value } = matrix;
	// A matrix goes on after so many rows: its cursor is their number.
	const from = Number(cursor) || 0;
	const count = (number: number) => formatCount(number, language);
	const jobs = schedule.value?.jobs.map((one) => one.job) ?? [job];
	return (
		<>
			<header class="page-head">
				<h1 ref={heading} tabIndex={-1}>
					{words.matrixPage.title}
				</h1>
				<p class="soft">{words.matrixPage.lead}</p>
			</header>
			<div class="filters">
				{jobs.length > 1 && (
					<label class="choice">
						<span class="unseen">{words.matrixPage.job}</span>
						<select
							value={job}
							onChange={(event) => setQuery({ job: event.currentTarget.value, cursor: null })}
						>
							{jobs.map((one) => (
								<option key={one} value={one}>
									{one}
								</option>
							))}
						</select>
					</label>
				)}
				<input
					ref={field}
					type="search"
					class="search"
					value={text}
					placeholder={words.matrixPage.search}
					aria-label={words.matrixPage.search}
					onInput={(event) => setQuery({ q: event.currentTarget.value, cursor: null })}
				/>
				<Legend />
			</div>
			<Stale refusal={matrix.refusal} atMs={matrix.atMs} retry={matrix.reload} />
			{value === undefined ? (
				matrix.refusal === undefined ? (
					<Loading />
				) : (
					<Refused refusal={matrix.refusal} retry={matrix.reload} />
				)
			) : value.rows.length === 0 ? (
				<Empty
					title={value.runs.length === 0 ? words.matrixPage.empty : words.matrixPage.noMatch}
				/>
			) : (
				<>
					<MatrixTable matrix={value} />
					<CursorPager
						label={words.matrixPage.title}
						heading={heading}
						search={search}
						backLabel={words.tasks.previous}
						back={from === 0 ? undefined : from <= rowsMax ? null : from - rowsMax}
						onLabel={words.tasks.next}
						next={value.cursor}
					>
						<span class="num">
							{words.matrixPage.showing(
								count(from + 1),
								count(from + value.rows.length),
								count(value.total),
							)}
						</span>
					</CursorPager>
				</>
			)}
		</>
	);
}

function Legend() {
	const { words } = useReader();
	return (
		<ul class="matrix-legend" aria-label={words.matrixPage.legend}>
			{["s", "S", "f", "l", "c"].map((letter) => {
				const cell = readCell(letter, words);
				if (cell === null) return null;
				return (
					<li key={letter}>
						<span class={`cell cell-${cell.kind}`}>
							<Mark sign={cell.sign} />
						</span>
						{cell.told}
					</li>
				);
			})}
			<li>
				<span class="cell absent" />
				{words.matrixPage.absent}
			</li>
		</ul>
	);
}

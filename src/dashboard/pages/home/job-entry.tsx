import { useState } from "preact/hooks";
import { PauseDialog, ResumeDialog } from "../../acting/pause.tsx";
import { StartDialog } from "../../acting/start.tsx";
import type { ScheduledJob, Summary } from "../../api/shapes.ts";
import { useResource } from "../../api/use-resource.ts";
import { formatCount, formatDuration } from "../../format/spans.ts";
import { useKey } from "../../layout/key-names.ts";
import { Mark, runningSign, Seal } from "../../parts/marks.tsx";
import { Empty, Loading, Refused } from "../../parts/notices.tsx";
import { useReader } from "../../parts/reader.tsx";
import { Moment, useAge } from "../../parts/time.tsx";
import { tellRun } from "../../parts/told-run.ts";
import { runPath } from "../../url/routes.ts";
import { SlotStrip } from "./slot-strip.tsx";

/** One job: its last verdict in words, when the next run is due, and its last 48 slots. */
type Asked = "start" | "pause" | "resume" | null;

export function JobEntry(props: {
	readonly job: string;
	/** The keys of the page are for the first. */
	readonly isFirst: boolean;
	/** Null for a job that has none, undefined while nobody knows. */
	readonly schedule: ScheduledJob | null | undefined;
	readonly newest: readonly Summary[];
	readonly onChanged: () => void;
}) {
	const { words, mayAct } = useReader();
	const { job, schedule, newest } = props;
	const [asked, setAsked] = useState<Asked>(null);
	const own = newest.filter((run) => run.job === job);
	const among = own.find((run) => run.state === "sealed");
	const latestPath = `/api/runs/latest?job=${encodeURIComponent(job)}`;
	// A job that runs seldom is not among the newest runs of all.
	const latest = useResource<Summary>(among === undefined ? latestPath : null);
	const last = among ?? latest.value;
	const open = own.filter((run) => run.state !== "sealed");
	useKey("s", mayAct && props.isFirst ? () => setAsked("start") : null);
	const close = () => setAsked(null);
	return (
		<section class="entry" aria-labelledby={`job-${job}`}>
			<header class="entry-head">
				<h2 id={`job-${job}`}>{job}</h2>
				{schedule !== undefined && <NextDue schedule={schedule} />}
			</header>
			{open.map((run) => (
				<OpenRun key={run.runId} run={run} />
			))}
			<div class="verdict-row">
				{last !== undefined ? (
					<LastRun run={last} />
				) : latest.refusal === undefined ? (
					<Loading />
				) : latest.refusal.kind === "not_found" ? (
					open.length === 0 && <NeverRan schedule={schedule} />
				) : (
					<Refused refusal={latest.refusal} retry={latest.reload} />
				)}
				{mayAct && (
					<div class="actions">
						<button type="button" class="button small" onClick={() => setAsked("start")}>
							{words.schedule.startNow}
						</button>
						{schedule != null && (
							<button
								type="button"
								class="button small"
								onClick={() => setAsked(schedule.paused === null ? "pause" : "resume")}
							>
								{schedule.paused === null ? words.schedule.pause : words.schedule.resume}
							</button>
						)}
					</div>
				)}
			</div>
			{schedule != null && <SlotStrip slots={schedule.slots} />}
			{asked === "start" && <StartDialog job={job} onClose={close} />}
			{asked === "pause" && schedule != null && (
				<PauseDialog job={schedule} onDone={props.onChanged} onClose={close} />
			)}
			{asked === "resume" && schedule != null && (
				<ResumeDialog job={schedule} onDone={props.onChanged} onClose={close} />
			)}
		</section>
	);
}

function NextDue({ schedule }: { readonly schedule: ScheduledJob | null }) {
	const { words } = useReader();
	const age = useAge();
	if (schedule === null) return <p class="due">{words.noSchedule}</p>;
	const { paused, nextSlot } = schedule;
	if (paused !== null) {
		return (
			<p class="due paused">
				<Mark sign={{ tone: "warn", glyph: "pause" }} /> <strong>{words.schedule.paused}</strong>{" "}
				{words.schedule.pausedTold(<Moment at={paused.until} />)} {words.schedule.reason}
				{words.colon}
				{paused.reason}
			</p>
		);
	}
	const isPast = Date.parse(nextSlot) < Date.now();
	return (
		<p class="due">
			{isPast ? words.dueSince(age(nextSlot)) : words.nextDue(age(nextSlot))}
			{words.comma}
			<Moment at={nextSlot} shape="minute" />
		</p>
	);
}

function OpenRun({ run }: { readonly run: Summary }) {
	const { words, language } = useReader();
	const { planned, open } = run.tasks;
	return (
		<a class="open-run" href={runPath(run.runId)}>
			<Mark sign={runningSign} />
			<span>{tellRun(run, words, language)}</span>
			<progress max={Math.max(1, planned)} value={planned - open} aria-label={words.runningNow} />
			<span class="go">{words.watch} →</span>
		</a>
	);
}

function LastRun({ run }: { readonly run: Summary }) {
	const { words, language } = useReader();
	const age = useAge();
	const count = (name: string) => run.yield[name] ?? 0;
	const clipsNew = count("clipsNew");
	return (
		<a class="last" href={runPath(run.runId)}>
			<Seal verdict={run.verdict} />
			<span class="last-told">
				<span class="eyebrow">
					{run.verdict === null ? "" : words.verdict[run.verdict]} · {words.trigger[run.trigger]}
				</span>
				<span class="sentence">{tellRun(run, words, language)}</span>
				<span class="facts">
					{run.yield["clipsNew"] !== undefined && (
						<span>
							{words.clipsNew(clipsNew, formatCount(clipsNew, language))}
							{words.comma}
							{words.clipsSeen(formatCount(count("clipsSeen"), language))}
						</span>
					)}
					<span>{words.took(formatDuration(run.durationMs, language))}</span>
					{run.sealedAt !== null && (
						<span>
							{words.sealedAgo(age(run.sealedAt))}
							{words.comma}
							<Moment at={run.sealedAt} shape="second" />
						</span>
					)}
				</span>
			</span>
		</a>
	);
}

function NeverRan({ schedule }: { readonly schedule: ScheduledJob | null | undefined }) {
	const { words, mayAct } = useReader();
	const age = useAge();
	const isDue =
		schedule != null && schedule.paused === null && Date.parse(schedule.nextSlot) > Date.now();
	return (
		<Empty title={words.neverRan}>
			{(isDue || mayAct) && (
				<p>
					{isDue && words.neverRanNext(age(schedule.nextSlot))}
					{isDue && mayAct && words.blank}
					{mayAct && (isDue ? words.neverRanOrNow : words.neverRanByHand)}
				</p>
			)}
		</Empty>
	);
}

import { useState } from "preact/hooks";
import { PauseDialog, ResumeDialog } from "../../acting/pause.tsx";
import { StartDialog } from "../../acting/start.tsx";
import type { ScheduledJob, Summary } from "../../api/shapes.ts";
import { useResource } from "../../api/use-resource.ts";
import { formatCount, formatDuration, formatMoment } from "../../format/spans.ts";
import { useKey } from "../../layout/key-names.ts";
import { Mark, runningSign, Seal } from "../../parts/marks.tsx";
import { Empty } from "../../parts/notices.tsx";
import { useReader } from "../../parts/reader.tsx";
import { Moment, useAge } from "../../parts/time.tsx";
import { tellRun } from "../../parts/told-run.ts";
import { runPath } from "../../url/routes.ts";
import { SlotStrip } from "./slot-strip.tsx";

/** One job: its last verdict in words, when the next run is due, and its last 48 slots. */
type Asked = "start" | "pause" | "resume" | null;

export function JobEntry(props: {
	readonly job: ScheduledJob;
	readonly newest: readonly Summary[];
	readonly onChanged: () => void;
}) {
	const { words, mayAct } = useReader();
	const { job, newest } = props;
	const [asked, setAsked] = useState<Asked>(null);
	const own = newest.filter((run) => run.job === job.job);
	const among = own.find((run) => run.state === "sealed");
	const latestPath = `/api/runs/latest?job=${encodeURIComponent(job.job)}`;
	// A job that runs seldom is not among the newest runs of all.
	const latest = useResource<Summary>(among === undefined ? latestPath : null);
	const last = among ?? latest.value;
	const open = own.filter((run) => run.state !== "sealed");
	useKey("s", mayAct && job.job === "collect-clips" ? () => setAsked("start") : null);
	const close = () => setAsked(null);
	return (
		<section class="entry" aria-labelledby={`job-${job.job}`}>
			<header class="entry-head">
				<h2 id={`job-${job.job}`}>{job.job}</h2>
				<NextDue job={job} />
			</header>
			{open.map((run) => (
				<OpenRun key={run.runId} run={run} />
			))}
			<div class="verdict-row">
				{last === undefined ? <NeverRan job={job} /> : <LastRun run={last} />}
				{mayAct && (
					<div class="actions">
						<button type="button" class="button small" onClick={() => setAsked("start")}>
							{words.schedule.startNow}
						</button>
						{job.cron !== null && (
							<button
								type="button"
								class="button small"
								onClick={() => setAsked(job.paused === null ? "pause" : "resume")}
							>
								{job.paused === null ? words.schedule.pause : words.schedule.resume}
							</button>
						)}
					</div>
				)}
			</div>
			{job.cron !== null && <SlotStrip slots={job.slots} />}
			{asked === "start" && <StartDialog job={job.job} runs={own} onClose={close} />}
			{asked === "pause" && <PauseDialog job={job.job} onDone={props.onChanged} onClose={close} />}
			{asked === "resume" && <ResumeDialog job={job} onDone={props.onChanged} onClose={close} />}
		</section>
	);
}

function NextDue({ job }: { readonly job: ScheduledJob }) {
	const { words, language, timeZone } = useReader();
	const age = useAge();
	if (job.paused !== null) {
		const until = formatMoment(Date.parse(job.paused.until), "dayMinute", language, timeZone);
		return (
			<p class="due paused">
				<Mark sign={{ tone: "warn", glyph: "pause" }} /> <strong>{words.schedule.paused}</strong>{" "}
				{words.schedule.pausedTold(until)} {words.schedule.reason}
				{words.colon}
				{job.paused.reason}
			</p>
		);
	}
	if (job.nextSlot === null) {
		return job.cron === null ? <p class="due" /> : <p class="due">{words.noSchedule}</p>;
	}
	const isPast = Date.parse(job.nextSlot) < Date.now();
	return (
		<p class="due">
			{isPast ? words.dueSince(age(job.nextSlot)) : words.nextDue(age(job.nextSlot))}
			{words.comma}
			<Moment at={job.nextSlot} shape="minute" />
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
					<span>
						{words.clipsNew(clipsNew, formatCount(clipsNew, language))}
						{words.comma}
						{words.clipsSeen(formatCount(count("clipsSeen"), language))}
					</span>
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

function NeverRan({ job }: { readonly job: ScheduledJob }) {
	const { words } = useReader();
	const age = useAge();
	return (
		<Empty title={words.neverRan}>
			<p>{job.nextSlot === null ? words.neverRanByHand : words.neverRanNext(age(job.nextSlot))}</p>
		</Empty>
	);
}

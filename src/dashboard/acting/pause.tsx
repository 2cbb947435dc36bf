import { useEffect, useState } from "preact/hooks";
import { post } from "../api/client.ts";
import type { ScheduledJob } from "../api/shapes.ts";
import { formatCount } from "../format/spans.ts";
import { useReader } from "../parts/reader.tsx";
import { Moment } from "../parts/time.tsx";
import { Question } from "./question.tsx";

/** The schedule of a job, stopped for a while and set going again. A pause always ends by itself. */
const hourMs = 3_600_000;
const choicesHours = [1, 6, 24, 72, 168, 720] as const;
const reasonCharactersMax = 200;
/** More than this, and the number itself says nothing. */
const slotsMax = 1_000;

/** What knows cron expressions is fetched when somebody is about to pause. */
function useSkippedSlots(cron: string, fromMs: number, toMs: number): number | undefined {
	const [skipped, setSkipped] = useState<number>();
	useEffect(() => {
		let wanted = true;
		import("../../domain/schedule.ts").then(
			({ countSlots }) => wanted && setSkipped(countSlots(cron, fromMs, toMs, slotsMax)),
			() => wanted && setSkipped(undefined),
		);
		return () => {
			wanted = false;
		};
	}, [cron, fromMs, toMs]);
	return skipped;
}

export function PauseDialog(props: {
	readonly job: ScheduledJob;
	readonly onDone: () => void;
	readonly onClose: () => void;
}) {
	const { words, language } = useReader();
	const tellSkipped = (count: number) =>
		`${formatCount(count, language)}${count === slotsMax ? "+" : ""}`;
	const [hours, setHours] = useState<number>(24);
	const [reason, setReason] = useState("");
	const [isMissing, setMissing] = useState(false);
	const [nowMs] = useState(Date.now);
	const untilMs = nowMs + hours * hourMs;
	const skipped = useSkippedSlots(props.job.cron, nowMs, untilMs);
	return (
		<Question<never, ScheduledJob>
			title={words.schedule.pause}
			asks={`pause ${props.job.job}`}
			confirm={words.act.doPause}
			check={null}
			describe={() => (
				<>
					<p>{words.act.pauseTold}</p>
					<label for="pause-hours">{words.act.pauseFor}</label>
					<select
						id="pause-hours"
						value={hours}
						onChange={(event) => setHours(Number(event.currentTarget.value))}
					>
						{choicesHours.map((choice) => (
							<option key={choice} value={choice}>
								{choice < 48 ? words.act.hours(choice) : words.act.days(choice / 24)}
							</option>
						))}
					</select>
					<p class="soft small">{words.act.until(<Moment at={untilMs} />)}</p>
					{skipped !== undefined && <p>{words.act.pauseSkips(skipped, tellSkipped(skipped))}</p>}
					<label for="pause-reason">{words.schedule.reason}</label>
					<input
						id="pause-reason"
						value={reason}
						maxLength={reasonCharactersMax}
						aria-describedby="pause-reason-told"
						aria-invalid={isMissing}
						onInput={(event) => {
							setReason(event.currentTarget.value);
							setMissing(false);
						}}
					/>
					<p id="pause-reason-told" class={isMissing ? "problem" : "soft small"}>
						{isMissing ? words.act.reasonMissing : words.act.reasonTold}
					</p>
				</>
			)}
			isReady={() => {
				setMissing(reason.trim() === "");
				return reason.trim() !== "";
			}}
			send={(key) => {
				const until = new Date(untilMs).toISOString();
				const body = { job: props.job.job, until, reason: reason.trim() };
				return post("/api/schedule/pause", body, key);
			}}
			onDone={() => {
				props.onDone();
				return undefined;
			}}
			onClose={props.onClose}
		/>
	);
}

export function ResumeDialog(props: {
	readonly job: ScheduledJob;
	readonly onDone: () => void;
	readonly onClose: () => void;
}) {
	const { words } = useReader();
	return (
		<Question<never, ScheduledJob>
			title={words.schedule.resume}
			asks={`resume ${props.job.job}`}
			confirm={words.act.doResume}
			check={null}
			describe={() => <p>{words.act.resumeTold(<Moment at={props.job.nextSlot} />)}</p>}
			send={(key) => post("/api/schedule/resume", { job: props.job.job }, key)}
			onDone={() => {
				props.onDone();
				return undefined;
			}}
			onClose={props.onClose}
		/>
	);
}

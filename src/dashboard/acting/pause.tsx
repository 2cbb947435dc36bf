import { useState } from "preact/hooks";
import { post } from "../api/client.ts";
import type { ScheduledJob } from "../api/shapes.ts";
import { formatMoment } from "../format/spans.ts";
import { useReader } from "../parts/reader.tsx";
import { Moment } from "../parts/time.tsx";
import { Question } from "./question.tsx";

/** The schedule of a job, stopped for a while and set going again. A pause always ends by itself. */
const hourMs = 3_600_000;
const choicesHours = [1, 6, 24, 72, 168, 720] as const;
const reasonCharactersMax = 200;

export function PauseDialog(props: {
	readonly job: string;
	readonly onDone: () => void;
	readonly onClose: () => void;
}) {
	const { words } = useReader();
	const [hours, setHours] = useState<number>(24);
	const [reason, setReason] = useState("");
	const [isMissing, setMissing] = useState(false);
	const [nowMs] = useState(Date.now);
	const untilMs = nowMs + hours * hourMs;
	return (
		<Question<never, ScheduledJob>
			title={words.schedule.pause}
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
				const body = { job: props.job, until, reason: reason.trim() };
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
	const { words, language, timeZone } = useReader();
	const { nextSlot } = props.job;
	return (
		<Question<never, ScheduledJob>
			title={words.schedule.resume}
			confirm={words.act.doResume}
			check={null}
			describe={() => (
				<p>
					{nextSlot === null
						? words.act.resumeNow
						: words.act.resumeTold(
								formatMoment(Date.parse(nextSlot), "dayMinute", language, timeZone),
							)}
				</p>
			)}
			send={(key) => post("/api/schedule/resume", { job: props.job.job }, key)}
			onDone={() => {
				props.onDone();
				return undefined;
			}}
			onClose={props.onClose}
		/>
	);
}

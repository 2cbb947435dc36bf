import type { Facts, Phrases } from "./phrases.ts";

const runOf = ({ run, slot }: Facts) =>
	`${run === null ? "The run" : `Run ${run}`}${slot === null ? "" : ` of the slot ${slot}`}`;
const slotOf = ({ slot }: Facts) => (slot === null ? "A slot" : `The slot ${slot}`);
const bySlot = ({ slot }: Facts) => (slot === null ? "the slot" : `the slot ${slot}`);
const figure = (number: number) => number.toLocaleString("en");
const count = (number: number, noun: string) =>
	`${figure(number)} ${noun}${number === 1 ? "" : "s"}`;
const lastSeen = (f: Facts, what: string) =>
	f.lastSeen === null ? "" : ` ${what} at ${f.lastSeen}.`;
const seen = ({ occurrences }: Facts) =>
	occurrences > 1 ? `; it was seen ${figure(occurrences)} times` : "";

/** Planning came to nothing, so there is no task to run again. */
const hasNoTasks = ({ tasks }: Facts) => tasks?.planned === 0;
const lookAtCauses = "Look at the causes on the page of the run";
const startOne = "start one on the first page";
const afterRun = (f: Facts) =>
	hasNoTasks(f)
		? "Nothing has to be done."
		: `Nothing has to be done. The ${f.tasks?.missing === 1 ? "task" : "tasks"} that failed then can still be re-run on the page of the run.`;
const cronTriggers = "the Cron Triggers of the Worker in the Cloudflare dashboard";
const status = "https://www.cloudflarestatus.com";

const kinds: Phrases["kinds"] = {
	run_failed: {
		title: (f) => `A run of ${f.job} failed`,
		what: (f) => {
			if (f.tasks === null) return `${runOf(f)} failed.`;
			if (hasNoTasks(f)) return `${runOf(f)} failed: it could not be planned, so it has no tasks.`;
			const { planned, failed, lost } = f.tasks;
			const none =
				planned === 1
					? "its only task did not succeed"
					: `of ${count(planned, "task")} none succeeded`;
			return `${runOf(f)} failed: ${none} (${figure(failed)} failed, ${figure(lost)} lost).`;
		},
		toDo: (f) =>
			`${lookAtCauses}. When they are gone, ${hasNoTasks(f) ? "start another run on the first page" : "re-run what failed there"}.`,
		ended: (f) => `A run of ${f.job} went well again.`,
		afterwards: afterRun,
	},
	run_timed_out: {
		title: (f) => `A run of ${f.job} timed out`,
		what: (f) => {
			const open =
				f.tasks?.planned === 1 ? "its only task open, which was" : "open tasks, which were";
			const closed = `${runOf(f)} reached its deadline with ${open} closed`;
			if (f.tasks === null) return `${closed}.`;
			const { planned, succeeded, failed, lost } = f.tasks;
			return `${closed}: of ${count(planned, "task")} ${figure(succeeded)} succeeded, ${figure(failed)} failed and ${figure(lost)} ${lost === 1 ? "was" : "were"} lost.`;
		},
		toDo: (f) =>
			`See on the page of the run which ones are missing, and re-run what failed there. If runs simply need more time, raise ${f.mark("RUN_DEADLINE_MINUTES")}.`,
		ended: (f) => `A run of ${f.job} was done before its deadline.`,
		afterwards: afterRun,
	},
	run_over_tolerance: {
		title: (f) => `Too many tasks of ${f.job} failed`,
		what: (f) => {
			const tolerated = f.tolerated === null ? "" : `; up to ${f.tolerated} is tolerated`;
			if (f.tasks === null) return `${runOf(f)} has too many failed tasks${tolerated}.`;
			const { planned, failed, lost, missing, missingPercent } = f.tasks;
			return `${runOf(f)} is missing ${figure(missing)} of ${count(planned, "task")}, ${missingPercent} (${figure(failed)} failed, ${figure(lost)} lost)${tolerated}.`;
		},
		toDo: (f) =>
			`${lookAtCauses}, and re-run what failed there. If so many failures are normal here, raise ${f.mark("TOLERATED_FAILURE_PERCENT")}.`,
		ended: (f) => `A run of ${f.job} stayed within what is tolerated.`,
		afterwards: afterRun,
	},
	run_stuck: {
		title: (f) => `A run of ${f.job} is stuck`,
		what: (f) =>
			`${runOf(f)} is not sealed, though its deadline is long over.${lastSeen(f, "Its last sign of life was")}`,
		toDo: () =>
			`Usually D1 cannot be written. Check its daily row limit in the Cloudflare dashboard (on the Free plan it is reset at 00:00 UTC) and ${status}. As soon as D1 takes writes again, the run is sealed by itself.`,
		ended: (f) => `${f.run === null ? "The run" : `Run ${f.run}`} is sealed.`,
		afterwards: () => "Nothing has to be done; its result is on its page.",
	},
	slot_late: {
		title: (f) => `A run of ${f.job} is late`,
		what: (f) =>
			f.reason === null
				? `The run of ${bySlot(f)} started ${f.late === null ? "late" : `${f.late} late`}${f.run === null ? "" : ` (${f.run})`}.`
				: `The run of ${bySlot(f)} could not be started in time${f.run === null ? "" : ` (${f.run})`}, and is tried again: ${f.reason}.`,
		toDo: () =>
			`The run takes place, so nothing has to be repeated. If it happens again, look at ${cronTriggers} and at ${status}.`,
		ended: (f) => `The run of a later slot of ${f.job} started in time.`,
		afterwards: () => "Nothing has to be done.",
	},
	slot_missed: {
		title: (f) => `A slot of ${f.job} had no run`,
		what: (f) => `${slotOf(f)} had no run${f.reason === null ? "" : `: ${f.reason}`}.`,
		toDo: () =>
			`The next run usually covers the same time. If none comes, ${startOne}, and look at ${cronTriggers}.`,
		ended: (f) => `A later slot of ${f.job} got its run in time.`,
		afterwards: () =>
			`Nothing has to be done, unless the later run did not cover the same time: then ${startOne}.`,
	},
	cron_dead: {
		title: () => "Cloudflare's cron did not come",
		what: (f) =>
			`Cloudflare's cron did not come${f.slot === null ? "" : ` for the slot ${f.slot}`}; the alarm took its place${f.run === null ? "" : ` (${f.run})`}.${lastSeen(f, "The cron last came")}`,
		toDo: (f) =>
			`Nothing is lost as long as the alarm works. Check ${cronTriggers}, and deploy again (${f.mark("npm run deploy")}) if it is missing there.`,
		ended: () => "Cloudflare's cron came again.",
		afterwards: () => "Nothing has to be done.",
	},
	alarm_dead: {
		title: () => "The scheduler's alarm was dead",
		what: (f) =>
			`The scheduler's alarm was not set, or its time had passed without it.${lastSeen(f, "It last rang")}`,
		toDo: (f) =>
			`Nothing has to be done: it has been set again, and the cron starts runs, too. If it happens again, look for errors of ${f.mark("RunScheduler")} in the Worker's logs.`,
		ended: () => "The scheduler's alarm rang again.",
		afterwards: () => "Nothing has to be done.",
	},
};

export const english: Phrases = {
	kinds,
	labels: {
		run: "Run",
		slot: "Slot",
		failed: "Failed or lost",
		causes: "Causes",
		lasted: "Lasted",
		toDo: "What to do",
	},
	over: (title) => `Over: ${title}`,
	lasting: (f) => `The incident has lasted ${f.lasted}, since ${f.openedAt}${seen(f)}.`,
	lasted: (f) =>
		`The incident lasted ${f.lasted}, from ${f.openedAt} to ${f.closedAt ?? "now"}${seen(f)}.`,
	join: (sentences) => sentences.join(" "),
	duration: ({ days, hours, minutes, seconds }) =>
		[
			days > 0 ? `${days} d` : "",
			hours > 0 ? `${hours} h` : "",
			minutes > 0 ? `${minutes} min` : "",
			seconds > 0 ? `${seconds} s` : "",
		]
			.filter((part) => part !== "")
			.join(" ") || "0 s",
};

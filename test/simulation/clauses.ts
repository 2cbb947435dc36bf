/**
 * Everything that must hold, a sentence each: what the watch looks at while a world runs and the checker at its end.
 * Each has a corruption that shows that it is looked at; see corruptions.ts.
 */
export const promises = {
	P1: "every run seals",
	P2: "conservation",
	P3: "exact numbers",
	P4: "no regression",
	P5: "one run a slot",
	P6: "bounded cost",
	code: "no bug",
} as const;
export type PromiseId = keyof typeof promises;

export const clauses = {
	"run-without-alarm": [
		"P1",
		"Whenever a run is there its alarm is alive, unless the platform gave it up.",
	],
	"open-behind-deadline": ["P1", "The alarm of the deadline closes the run."],
	"run-goes-back": ["P1", "A run never goes back to an earlier state."],
	"seal-changes": ["P1", "A seal never changes in the run's own object."],
	"sealed-run-changes": ["P1", "A seal never changes in D1."],
	unfinished: [
		"P1",
		"When all has long been well, nothing is open, unsealed, unstarted, unanswered or untold.",
	],
	unsealed: ["P1", "Every run of D1 is sealed, with a verdict and a summary."],
	"seal-before-start": ["P1", "No run is sealed before it started."],
	"seal-too-late": [
		"P1",
		"A run is closed by its deadline and the longest pause between two tries, or soon after all is well.",
	],
	"deleted-too-early": [
		"P1",
		"A run is deleted when it has been kept for its time, or was closed before it was asked for.",
	],
	"object-differs": ["P1", "What a run's object still has is what D1 has."],
	"next-slot": ["P1", "Once all is well the next slot has its run, and every task of it succeeds."],
	"closed-task-changes": ["P2", "A closed task never changes."],
	"lost-in-time": ["P2", "No task is lost while attempts and time remained, as its object says."],
	"lost-with-attempts": ["P2", "No task is lost while attempts and time remained, as D1 says."],
	"had-time": ["P2", "A run that had time when all was well again does not time out."],
	"failed-with-attempts": [
		"P2",
		"No task fails by what another attempt might mend while attempts and time remained.",
	],
	"begins-after-cancel": ["P2", "What an operator has cancelled is not begun (again)."],
	"wrong-verdict": ["P2", "A run is called what its tasks and its operators say."],
	"task-deleted": ["P2", "No task is deleted."],
	"task-behind-plan": ["P2", "No task is added to a plan."],
	"plan-changes": ["P2", "A plan never changes its size."],
	"attempt-changes": ["P2", "An ended attempt never changes."],
	"attempt-deleted": ["P2", "No attempt is deleted."],
	"sealed-task-changes": ["P2", "A task that was sealed never changes."],
	"task-behind-seal": ["P2", "No task is written behind the seal."],
	unbalanced: ["P2", "The states of every summary add up, and it says so."],
	"tasks-miscounted": ["P2", "A summary counts what the tasks of its run say."],
	"open-task": ["P2", "Every task of D1 is closed."],
	"task-of-no-run": ["P2", "Every task of D1 is a run's."],
	"other-tasks": ["P2", "A run's own object and D1 have the same tasks in the same states."],
	"clip-changes-owner": ["P3", "A clip keeps the run that first saw it."],
	"closed-run-inserts": ["P3", "A closed run writes no new clip."],
	"closed-run-changes": ["P3", "A closed run changes no clip."],
	"clip-deleted": ["P3", "No clip is deleted."],
	"closed-run-opens": ["P3", "A run that was closed for clips is never opened again."],
	"leased-twice": ["P3", "No task is leased while it is leased."],
	"not-granted-again": ["P3", "The same claim is granted the same tasks again."],
	"two-holders": ["P3", "A lease has one holder."],
	"granted-after-report": ["P3", "What a claim has reported is not granted to it the next time."],
	"heard-without-lease": ["P3", "Exactly the results with a current lease are heard."],
	"clips-new-sum": ["P3", "The sum of `clipsNew` over all runs is the number of clips stored."],
	"clips-new": ["P3", "A run's `clipsNew` is the number of clips that it inserted, as D1 saw it."],
	"clips-changed": [
		"P3",
		"A run's `clipsChanged` is the number of others' clips that it updated, as D1 saw it.",
	],
	"yield-of-tasks": ["P3", "A run's yield is the sum of its tasks' yields."],
	"yield-adds-up": ["P3", "`clipsSeen` is new, changed and unchanged."],
	"clip-not-stored": ["P3", "Every clip that was told to a task is stored when the task is heard."],
	"older-fetch": ["P4", "No clip is overwritten by an older fetch."],
	"never-told": ["P4", "What is stored of a clip is what Twitch told whoever asked at that time."],
	"stale-clip": ["P4", "What is stored of a clip is no older than what any run heard of it first."],
	"account-changes": ["P5", "The account of a slot is final once it is known."],
	"expected-since-changes": ["P5", "From when on slots are expected never changes."],
	"two-runs": ["P5", "No slot has two runs."],
	"no-account": ["P5", "Every slot that came has an account."],
	"account-without-run": ["P5", "A slot has a run exactly when its account says so."],
	"slot-lost-run": ["P5", "The run of a slot is in the ledger, and says that it is that slot's."],
	"run-of-no-slot": ["P5", "A run of the schedule is the run of a slot."],
	"paused-for-nothing": ["P5", "A slot is `paused` only when somebody paused the schedule."],
	"not-paused": ["P5", "A slot in a pause has no run, and is not missed."],
	"overlap-for-nothing": ["P5", "A slot is an `overlap` only when the run before it was open."],
	"runs-overlap": ["P5", "A slot has no run while the run before it is open."],
	"missed-too-early": [
		"P5",
		"A slot is `missed` only when a newer one was due or no start came through.",
	],
	"started-too-late": ["P5", "A slot's account is `run` only when its run started in time."],
	"key-reused": ["P5", "A key of an operator stands for one request and one run."],
	"not-followed": ["P5", "Every run is followed by the one that comes after it."],
	"unheard-verdict": ["P5", "Whoever hears of a seal hears its verdict."],
	"closed-incident-changes": ["P5", "A closed incident never changes."],
	"incident-open": ["P5", "In the end every incident is over."],
	"incident-untold": [
		"P5",
		"The beginning and the end of every incident are told on every channel.",
	],
	"incident-missing": [
		"P5",
		"Whoever is told hears of runs that failed or timed out, and of slots that were late or missed.",
	],
	"told-in-order": ["P5", "The beginning of an incident is told before its end."],
	"told-again": ["P5", "What a receiver took, and said so, is not told again."],
	"told-of-nothing": ["P5", "What is told of is an incident."],
	"too-many-attempts": ["P6", "No open task has more attempts than it may have."],
	"attempts-at-end": ["P6", "No sealed task has more attempts than it may have."],
	"begins-too-early": ["P6", "No task is tried again before its time."],
	"too-many-requests": [
		"P6",
		"A consumer sends no more requests than it may, and never more than six at once.",
	],
	"in-flight": [
		"P6",
		"No more tasks wait in messages to be claimed than the window allows, and a message more a consumer.",
	],
	"too-many-sends": ["P6", "A run sends no more messages than its size allows."],
	"too-many-alarms": ["P6", "A run rings no more alarms than its size allows."],
	"too-many-rows": ["P6", "A run writes no more rows of its own than its size allows."],
	"no-end": ["P6", "There is an end of events."],
	logged: ["code", "The log names no bug: nothing that could not be read, balanced or explained."],
	threw: ["code", "No call between objects fails but by the network."],
	"bug-in-job": ["code", "No attempt ends with a mistake of ours."],
} as const satisfies Record<string, readonly [PromiseId, string]>;
export type ClauseId = keyof typeof clauses;
export const allClauses = Object.keys(clauses) as ClauseId[];

/** Called with what is broken, and how. */
export type Violated = (clause: ClauseId, what: string) => void;

export interface Violation {
	readonly clause: ClauseId;
	readonly promise: PromiseId;
	readonly what: string;
	readonly atMs: number;
}

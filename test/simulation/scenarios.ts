import type { Summary } from "../../src/domain/summary.ts";

/**
 * Situations that the simulated ports and real workerd live through alike: the model is true where both come to the same
 * end. A run of 24 streamers with one clip each, twelve to a message, turned by hand.
 */
export type Step =
	/** The oldest message goes to a consumer; `last`: the newest. */
	| "deliver"
	| "deliver last"
	/** The message that was delivered before comes once more. */
	| "deliver again"
	| "deliver to two at once"
	| "lose"
	| "dead letter"
	/** A consumer claims the oldest message and is never heard of again. */
	| "claim and die"
	/** The clock moves to the alarm, and it rings. */
	| "ring"
	/** Its consumer hears of no claim, and the queue gets the message back. */
	| "no coordinator answers"
	| "coordinators answer"
	/** The queue gives the message up that was delivered before. */
	| "give it up"
	/** Messages are delivered and alarms ring until the run is sealed. */
	| "seal"
	/** The clock moves to the end of what is kept, and the object is deleted. */
	| "forget"
	/** The object dies, with all that it waits for. */
	| "abort"
	| "delete the alarm"
	| "start again"
	| "cancel"
	| "wake"
	| "wait 40 minutes"
	/** From now on. */
	| "sending fails"
	| "sending fails after all was sent"
	| "sending works"
	| "D1 refuses the seal"
	| "D1 takes the seal and does not say so"
	/** Whoever waits for the seal waits for ever. */
	| "D1 hangs at the seal"
	| "D1 takes the seal and hangs"
	/** The platform rings the alarm of an object that died while it rang, and the seal is under way once more. */
	| "wait for another try"
	| "D1 works";

export interface Scenario {
	readonly name: string;
	/** Before the start; then the run is planned and, if it can be, sent. */
	readonly before?: readonly Step[];
	readonly steps: readonly Step[];
}

/** What both have to agree on: all but exact times and what reading costs. */
export type ScenarioOutcome = Pick<
	Summary,
	"verdict" | "tasks" | "balanced" | "yield" | "attempts"
> & {
	readonly messages: number;
	readonly messagesUnconfirmed: number;
	readonly twitchRequests: number;
	/** How often the queue was told to deliver a message again. */
	readonly redeliveries: number;
	/** The object is gone; then the outcome is what D1 has. */
	readonly isForgotten: boolean;
	/** From start to seal, in tens of minutes: pauses are drawn. */
	readonly tensOfMinutes: number;
};

export function outcomeOf(
	summary: Summary,
	{ redeliveries, isForgotten }: Pick<ScenarioOutcome, "redeliveries" | "isForgotten">,
): ScenarioOutcome {
	const { verdict, tasks, balanced, meters, attempts } = summary;
	const count = (name: string) => meters[name] ?? 0;
	return {
		verdict,
		tasks,
		balanced,
		yield: summary.yield,
		attempts,
		messages: count("messages"),
		messagesUnconfirmed: count("messagesUnconfirmed"),
		twitchRequests: count("twitchRequests"),
		redeliveries,
		isForgotten,
		tensOfMinutes: Math.round((summary.durationMs ?? 0) / 600_000),
	};
}

export const scenarios: readonly Scenario[] = [
	{ name: "a good day", steps: ["deliver", "deliver"] },
	{ name: "the wrong order", steps: ["deliver last", "deliver"] },
	{ name: "a message twice", steps: ["deliver", "deliver again", "deliver"] },
	{ name: "both messages twice", steps: ["deliver", "deliver again", "deliver", "deliver again"] },
	{ name: "a message at two consumers at once", steps: ["deliver to two at once", "deliver"] },
	{ name: "the first message lost", steps: ["lose", "deliver", "ring"] },
	{ name: "the second message lost", steps: ["deliver", "lose", "ring"] },
	{ name: "everything lost", steps: ["lose", "lose", "ring"] },
	{ name: "everything lost twice", steps: ["lose", "lose", "ring", "lose", "lose", "ring"] },
	{ name: "a dead letter", steps: ["dead letter", "deliver"] },
	{ name: "two dead letters", steps: ["dead letter", "dead letter"] },
	{ name: "a consumer that dies", steps: ["claim and die", "deliver", "ring"] },
	{ name: "two consumers that die", steps: ["claim and die", "claim and die", "ring", "ring"] },
	{
		name: "consumers that always die",
		steps: Array.from({ length: 4 }, () => ["claim and die", "ring"] as const).flat(),
	},
	{ name: "an object that dies before a claim", steps: ["abort", "deliver", "deliver"] },
	{ name: "an object that dies between two messages", steps: ["deliver", "abort", "deliver"] },
	{
		name: "an object that dies under a lease",
		steps: ["claim and die", "abort", "deliver", "ring"],
	},
	{
		name: "an alarm that is gone, and a claim",
		steps: ["delete the alarm", "abort", "deliver", "deliver"],
	},
	{
		name: "an alarm that is gone, and somebody who looks",
		steps: ["lose", "delete the alarm", "wake", "deliver"],
	},
	{ name: "a start that comes again", steps: ["start again", "deliver", "start again", "deliver"] },
	{ name: "a cancel before anything was claimed", steps: ["cancel"] },
	{ name: "a cancel in the middle", steps: ["deliver", "cancel"] },
	{ name: "a cancel under a lease", steps: ["claim and die", "cancel", "cancel", "ring"] },
	{ name: "a send that fails", before: ["sending fails"], steps: ["sending works", "ring"] },
	{
		name: "a send that fails after all was sent",
		before: ["sending fails after all was sent"],
		steps: ["sending works", "ring", "deliver", "deliver", "deliver", "deliver"],
	},
	{
		name: "a seal that D1 refuses",
		steps: ["deliver", "D1 refuses the seal", "deliver", "D1 works", "ring"],
	},
	{
		name: "a seal that D1 takes unheard",
		steps: ["deliver", "D1 takes the seal and does not say so", "deliver", "D1 works", "ring"],
	},
	{
		name: "a message that comes again after its coordinator could not be reached",
		steps: ["no coordinator answers", "deliver", "coordinators answer", "deliver again", "deliver"],
	},
	{
		name: "a message that the queue gives up after its coordinator could not be reached",
		steps: ["no coordinator answers", "deliver", "coordinators answer", "give it up", "deliver"],
	},
	{
		name: "an object that dies while D1 is asked for the seal",
		steps: ["deliver", "D1 hangs at the seal", "deliver", "abort", "D1 works"],
	},
	{
		name: "an object that dies when D1 has taken the seal",
		steps: ["deliver", "D1 takes the seal and hangs", "deliver", "abort", "D1 works"],
	},
	{
		name: "an alarm that dies twice while it rings, and is rung again",
		steps: [
			...(["deliver", "D1 hangs at the seal", "deliver", "abort"] as const),
			...(["wait for another try", "abort", "wait for another try", "D1 works", "abort"] as const),
		],
	},
	{ name: "a run that is forgotten", steps: ["seal", "forget"] },
	{
		name: "a message of a run that is forgotten",
		steps: ["deliver", "deliver", "seal", "forget", "deliver again", "give it up"],
	},
	{
		name: "a start of a run that is forgotten",
		steps: ["seal", "forget", "start again", "forget", "cancel", "wake"],
	},
	{ name: "an alarm 40 minutes late", steps: ["deliver", "lose", "wait 40 minutes", "ring"] },
];

/**
 * Why daicho does not start or cannot go on, in words for the one who started it: shown without a stack trace,
 * exit code 1. Any other error is a bug and shows its stack.
 */
export class Refusal extends Error {
	override readonly name = "Refusal";
}

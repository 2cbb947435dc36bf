import { parseArgs } from "node:util";
import { allFaultKinds, type FaultKind, type FaultLimits } from "./faults.ts";
import { findGuard, type Guard } from "./guards.ts";
import { processesStandard } from "./many-seeds.ts";

/** What `npm run simulate` is asked for. */
export const usage = `npm run simulate -- [--seeds 1000] [--from 1] [--processes ${processesStandard}] [--out FILE.json]
npm run simulate -- --seed 7 [--trace | --shortest] [--guard NAME] [--without kind,kind] [--most 12] [--skip 3,9]
  --guard     takes a guard of npm run simulate:guards out
  --shortest  looks for the shortest trace of what the seed breaks
  --without, --most, --skip: without these kinds of faults, with the first 12 only, without the third and the ninth
kinds of faults: ${allFaultKinds.join(", ")}`;

export type Command =
	| { readonly kind: "help" }
	| {
			readonly kind: "many";
			readonly from: number;
			readonly count: number;
			readonly processes: number;
			/** Where the figures are written. */
			readonly out: string | undefined;
	  }
	| {
			readonly kind: "one";
			readonly seed: number;
			readonly show: "end" | "trace" | "shortest";
			readonly guard: Guard | undefined;
			readonly limits: FaultLimits;
	  };

const options = {
	seeds: { type: "string" },
	from: { type: "string" },
	processes: { type: "string" },
	out: { type: "string" },
	seed: { type: "string" },
	trace: { type: "boolean" },
	shortest: { type: "boolean" },
	guard: { type: "string" },
	without: { type: "string" },
	most: { type: "string" },
	skip: { type: "string" },
	help: { type: "boolean" },
} as const;
const ofMany = ["seeds", "from", "processes", "out"] as const;
const ofOne = ["trace", "shortest", "guard", "without", "most", "skip"] as const;

/** @throws what is wrong, for whoever typed it */
export function readCommand(args: readonly string[]): Command {
	const { values } = parseArgs({ args: [...args], options });
	if (values.help) return { kind: "help" };
	const misplaced = (values.seed === undefined ? ofOne : ofMany).filter((name) => name in values);
	if (misplaced.length > 0) {
		const where = values.seed === undefined ? "needs --seed" : "does not go with --seed";
		throw new Error(`--${misplaced.join(", --")} ${where}`);
	}
	if (values.seed === undefined) {
		return {
			kind: "many",
			from: readNumber("from", values.from ?? "1"),
			count: readNumber("seeds", values.seeds ?? "1000"),
			processes: Math.max(
				1,
				readNumber("processes", values.processes ?? String(processesStandard)),
			),
			out: values.out,
		};
	}
	if (values.trace && values.shortest) throw new Error("--trace or --shortest, not both");
	return {
		kind: "one",
		seed: readNumber("seed", values.seed),
		show: values.trace ? "trace" : values.shortest ? "shortest" : "end",
		guard: values.guard === undefined ? undefined : findGuard(values.guard),
		limits: {
			...(values.without === undefined ? {} : { without: readKinds(values.without) }),
			...(values.most === undefined ? {} : { most: readNumber("most", values.most) }),
			...(values.skip === undefined
				? {}
				: { skip: values.skip.split(",").map((text) => readNumber("skip", text)) }),
		},
	};
}

function readKinds(text: string): FaultKind[] {
	const kinds = text.split(",") as FaultKind[];
	const unknown = kinds.filter((kind) => !allFaultKinds.includes(kind));
	if (unknown.length > 0) throw new Error(`no fault is called ${unknown.join(", ")}`);
	return kinds;
}

export function readNumber(option: string, text: string): number {
	const value = Number(text);
	if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) {
		throw new Error(`--${option}: ${text} is no number`);
	}
	return value;
}

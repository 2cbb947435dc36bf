import { readFileSync, writeFileSync } from "node:fs";
import type { GuardReport } from "./guard-search.ts";
import { describeReport } from "./report.ts";
import type { SimulationReport } from "./totals.ts";

/** `npm run simulate:report`: writes docs/reliability.md from what the last `simulate` and `simulate:guards` of CI found. */
const root = new URL("../../", import.meta.url).pathname;
const read = <T>(name: string): T =>
	JSON.parse(readFileSync(`${root}.daicho/${name}`, "utf8")) as T;
const page = describeReport(
	read<SimulationReport>("simulation.json"),
	read<GuardReport[]>("guards.json"),
);
writeFileSync(`${root}docs/reliability.md`, page);

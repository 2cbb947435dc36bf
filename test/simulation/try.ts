import { installHooks } from "./hooks.ts";
installHooks();
const { simulate } = await import("./simulate.ts");
const [from = "1", count = "20", trace = ""] = process.argv.slice(2);
const began = performance.now();
let events = 0;
for (let seed = Number(from); seed < Number(from) + Number(count); seed += 1) {
	const outcome = await simulate(seed, {}, trace !== "");
	events += outcome.events;
	if (trace !== "") console.log(outcome.lines.join("\n"));
	if (outcome.violations.length > 0 || trace !== "")
		console.log(
			seed,
			outcome.hash,
			outcome.events,
			outcome.runs,
			outcome.virtualMs / 3600000,
			JSON.stringify(outcome.violations),
		);
}
console.log(
	((performance.now() - began) / Number(count)).toFixed(1),
	"ms a seed",
	events / Number(count),
	"events a seed",
);

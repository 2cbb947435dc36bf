import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findChromium, howToGetChromium } from "./chromium.ts";

/**
 * `npm test`: every test there is, and at the end one line with how many passed and failed, counted by the runner.
 * Arguments go to vitest: `npm test -- test/unit`.
 */
interface Report {
	readonly numPassedTests: number;
	readonly numFailedTests: number;
	readonly numPendingTests: number;
	readonly numTodoTests: number;
	readonly success: boolean;
	readonly testResults: readonly {
		readonly status: string;
		readonly assertionResults: unknown[];
	}[];
}

const root = new URL("..", import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), "daicho-test-"));
const reportFile = join(folder, "report.json");
const vitest = spawnSync(
	process.execPath,
	[
		join(root, "node_modules/vitest/vitest.mjs"),
		"run",
		"--reporter=default",
		"--reporter=json",
		`--outputFile.json=${reportFile}`,
		...process.argv.slice(2),
	],
	{ cwd: root, stdio: "inherit" },
);
const report = readReport();
rmSync(folder, { recursive: true });

// A file that could not even be loaded has no tests to count, and is a failure all the same.
const broken = report.testResults.filter(
	(file) => file.status === "failed" && file.assertionResults.length === 0,
).length;
const failed = report.numFailedTests + broken;
const skipped = report.numPendingTests + report.numTodoTests;
if (skipped > 0) console.error(`${skipped} tests were skipped; every test has to run.`);
const browserTests = readdirSync(join(root, "test/browser")).filter((name) =>
	name.endsWith(".test.ts"),
);
const leftOut = findChromium() === null ? browserTests : [];
if (leftOut.length > 0) {
	console.error(`No Chromium: left out are the browser tests ${leftOut.join(", ")}.`);
	console.error(`To run them: ${howToGetChromium}.`);
}
console.log(`${report.numPassedTests} passed, ${failed} failed`);
// At the gate nothing is left out.
const isWhole = leftOut.length === 0 || process.env["CI"] === undefined;
const good = vitest.status === 0 && report.success && failed === 0 && skipped === 0 && isWhole;
process.exit(good && report.numPassedTests > 0 ? 0 : 1);

function readReport(): Report {
	if (existsSync(reportFile)) return JSON.parse(readFileSync(reportFile, "utf8"));
	console.error("vitest ended without a report.");
	return {
		numPassedTests: 0,
		numFailedTests: 1,
		numPendingTests: 0,
		numTodoTests: 0,
		success: false,
		testResults: [],
	};
}

import { actingWords } from "./ja/acting.ts";
import { auditWords } from "./ja/audit.ts";
import { baseWords } from "./ja/base.ts";
import { failureWords } from "./ja/failures.ts";
import { homeWords } from "./ja/home.ts";
import { incidentWords } from "./ja/incidents.ts";
import { ledgerWords } from "./ja/ledger.ts";
import { matrixWords } from "./ja/matrix.ts";
import { runWords } from "./ja/run.ts";
import { signInWords } from "./ja/sign-in.ts";
import { taskWords } from "./ja/task.ts";
import type { Words } from "./words.ts";

/** 日本語。 */
export const ja: Words = {
	...baseWords,
	...ledgerWords,
	...homeWords,
	...runWords,
	...taskWords,
	...matrixWords,
	...failureWords,
	...incidentWords,
	...auditWords,
	...actingWords,
	...signInWords,
};

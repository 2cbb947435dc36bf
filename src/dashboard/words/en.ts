import { actingWords } from "./en/acting.ts";
import { auditWords } from "./en/audit.ts";
import { baseWords } from "./en/base.ts";
import { failureWords } from "./en/failures.ts";
import { homeWords } from "./en/home.ts";
import { incidentWords } from "./en/incidents.ts";
import { ledgerWords } from "./en/ledger.ts";
import { matrixWords } from "./en/matrix.ts";
import { runWords } from "./en/run.ts";
import { signInWords } from "./en/sign-in.ts";
import { taskWords } from "./en/task.ts";

/** English. Functions take what is already formatted, but for counts that decide a plural. */
export const en = {
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

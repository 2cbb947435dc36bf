import {
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import { join, relative, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Ending } from "./ending.ts";
import { Refusal } from "./refusal.ts";

/** Whose clips a state holds. The invented ones must never stand among those of real people. */
export type Origin = "simulated" | "other";

/** The file that makes a folder ours, and says what is in it. */
const markName = "daicho-state.json";
/** What we write besides: `--fresh` removes these names and no other. */
const ourNames = ["v3", "wrangler-logs", "wrangler.log", "wrangler.previous.log", markName];
const temporaryName = "temporary";
const lockName = "lock";
const format = 1;

interface Mark {
	readonly format: number;
	readonly origin: Origin;
	/** Of the simulated Twitch: the same seed means the same streamers, whose clips have gone on meanwhile. */
	readonly seed: number;
}

export interface StateFolder {
	/** Absolute. */
	readonly path: string;
	/** For people: relative to the project where that is shorter. */
	readonly shown: string;
	readonly isNew: boolean;
	readonly seed: number;
	/** Empty, for this start only, and for no other user's eyes. */
	readonly temporary: string;
	/** Output of wrangler and log lines of the Worker, of this start only. */
	readonly logFile: string;
}

/**
 * Opens the folder that is kept from one start to the next, makes it when it is missing, and holds it against
 * other starts until this process ends, however it ends.
 * @param fresh forget what is there first
 */
export function openStateFolder(
	ending: Ending,
	root: string,
	folder: string,
	options: { readonly fresh: boolean; readonly origin: Origin },
): StateFolder {
	const path = resolve(folder);
	const inside = relative(root, path);
	const shown = inside.startsWith("..") || inside === "" ? path : inside;
	refuseForeign(path, shown, options.fresh);
	const lock = holdLock(path, shown);
	ending.beforeExit(() => {
		if (lock.isOpen) lock.close();
	});
	if (options.fresh) {
		for (const name of ourNames) rmSync(join(path, name), { recursive: true, force: true });
	}
	const kept = readMark(path, shown);
	if (kept !== undefined && kept.origin !== options.origin) {
		const [held, wanted] =
			kept.origin === "simulated"
				? ["invented streamers of the simulated Twitch", "real ones"]
				: ["streamers of a real Twitch", "invented ones"];
		throw new Refusal(
			`${shown} holds ${held}; they do not mix with ${wanted}. Choose another folder with --state DIR, or forget this one with --fresh.`,
		);
	}
	const mark: Mark = kept ?? { format, origin: options.origin, seed: 1 };
	const isNew = !existsSync(join(path, "v3"));
	writeFileSync(join(path, markName), `${JSON.stringify(mark)}\n`);
	const logFile = join(path, "wrangler.log");
	if (existsSync(logFile)) renameSync(logFile, join(path, "wrangler.previous.log"));
	const temporary = join(path, temporaryName);
	const removeTemporary = () => rmSync(temporary, { recursive: true, force: true });
	// Also what a start that was killed has left.
	removeTemporary();
	mkdirSync(temporary, { mode: 0o700 });
	ending.beforeExit(removeTemporary);
	return { path, shown, isNew, seed: mark.seed, temporary, logFile };
}

/**
 * A folder is ours when it is missing, empty or marked. One in which `wrangler --persist-to` has worked before us is
 * taken over, but never emptied.
 */
function refuseForeign(path: string, shown: string, fresh: boolean): void {
	let names: string[];
	try {
		mkdirSync(path, { recursive: true });
		names = readdirSync(path).filter((name) => name !== lockName);
	} catch (error) {
		const reason = error instanceof Error ? error.message : String(error);
		throw new Refusal(`${shown} cannot be used as the state folder: ${reason}`);
	}
	if (names.length === 0 || names.includes(markName)) return;
	if (names.includes("v3") && !fresh) return;
	throw new Refusal(
		`${shown} is not empty and no state of daicho's (there is no ${markName} in it), so it is left alone. Choose another folder with --state DIR.`,
	);
}

/** Two Workers on the same files would ruin them. The lock is the system's: it goes with the process. */
function holdLock(path: string, shown: string): DatabaseSync {
	const lock = new DatabaseSync(join(path, lockName));
	try {
		lock.exec("PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE");
		return lock;
	} catch {
		lock.close();
		throw new Refusal(
			`${shown} is in use by another daicho. Stop that one, or choose another folder with --state DIR.`,
		);
	}
}

function readMark(path: string, shown: string): Mark | undefined {
	const file = join(path, markName);
	if (!existsSync(file)) return undefined;
	let value: unknown;
	try {
		value = JSON.parse(readFileSync(file, "utf8"));
	} catch {
		value = undefined;
	}
	const mark = value as Partial<Mark> | null | undefined;
	const known = mark?.origin === "simulated" || mark?.origin === "other";
	if (mark?.format === format && known && Number.isSafeInteger(mark.seed)) return mark as Mark;
	throw new Refusal(
		`${join(shown, markName)} is not as this daicho writes it. Forget the state with --fresh, or choose another folder with --state DIR.`,
	);
}

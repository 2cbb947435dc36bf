import { type Credentials, credentialNames, readCredentials } from "./auth/credentials.ts";
import { err, ok, type Result } from "./domain/result.ts";
import type { Log } from "./log.ts";
import { type Language, languages } from "./notify/notice.ts";
import { decodeWebhookSecret } from "./notify/webhook.ts";

/**
 * Vars and secrets, read and checked once. Each knob stands here with its unit, range and default; a value out of
 * range is named with what it may be, and nothing runs on a guess.
 */
export interface Config {
	/** Tasks in one queue message, 1 to 100. 12 is two full rounds of the 6 connections of an invocation. */
	readonly tasksPerMessage: number;
	/** Messages sent and unfinished at a time, 1 to 500: so that a lost message can be told from a backlog. */
	readonly messagesInFlight: number;
	/** Milliseconds that a claim lasts (LEASE_SECONDS, 20 to 900). */
	readonly leaseMs: number;
	/** Milliseconds after which an unclaimed message is missed (QUEUED_SECONDS, 5 to 3,600). */
	readonly queuedMs: number;
	/** Milliseconds from a run's start to the closing of whatever is open (RUN_DEADLINE_MINUTES, 1 to 1,440). */
	readonly runDeadlineMs: number;
	/** Attempts a task may use, 1 to 20; deferred ones do not count. */
	readonly maxAttempts: number;
	/** Milliseconds for one request to Twitch (REQUEST_TIMEOUT_SECONDS, 1 to 60). */
	readonly requestTimeoutMs: number;
	/** External requests of one consumer invocation, 1 to 10,000; the Free plan allows 50. */
	readonly requestsPerInvocation: number;
	/** Hours of clips that a run looks at, 1 to 336. */
	readonly clipWindowHours: number;
	/** Milliseconds that a sealed run's object is kept (COORDINATOR_RETENTION_DAYS, 1 to 365). */
	readonly coordinatorRetentionMs: number;
	/** Milliseconds that the tasks of a sealed run are kept in D1 (TASK_RETENTION_DAYS, 1 to 3,650). */
	readonly taskRetentionMs: number;
	/** Milliseconds after a slot until the alarm starts the run that the cron did not (CRON_GRACE_SECONDS, 5 to 1,800). */
	readonly cronGraceMs: number;
	/** Failed and lost tasks of a run, in percent of the planned ones, up to which nobody is told, 0 to 100. */
	readonly toleratedFailurePercent: number;
	/** Of messages to people. */
	readonly language: Language;
	/** Where this deployment is reached, without a slash at the end; undefined: messages have no links. */
	readonly publicUrl: string | undefined;
	/** Whoever knows one of these may post there: they are secrets. */
	readonly discordWebhookUrl: string | undefined;
	readonly webhookUrl: string | undefined;
	readonly heartbeatUrl: string | undefined;
	/** Signs what goes to `webhookUrl`. */
	readonly webhookSecret: string | undefined;
	/** Base URL of Helix, with its path, without a slash at the end. */
	readonly twitchApiUrl: string;
	/** Base URL of the token endpoint, with its path. */
	readonly twitchAuthUrl: string;
	readonly twitchClientId: string | undefined;
	readonly twitchClientSecret: string | undefined;
	/** Who gets in. */
	readonly credentials: Credentials;
}

/** Vars and secrets as the platform hands them over. */
export type ConfigVars = Readonly<Record<string, unknown>>;

/** The numbers that an operator may change; README.md says why one would. */
export const knobs = {
	TASKS_PER_MESSAGE: { unit: "tasks", min: 1, max: 100, standard: 12 },
	MESSAGES_IN_FLIGHT: { unit: "messages", min: 1, max: 500, standard: 40 },
	LEASE_SECONDS: { unit: "seconds", min: 20, max: 900, standard: 120 },
	QUEUED_SECONDS: { unit: "seconds", min: 5, max: 3_600, standard: 90 },
	RUN_DEADLINE_MINUTES: { unit: "minutes", min: 1, max: 1_440, standard: 50 },
	MAX_ATTEMPTS: { unit: "attempts", min: 1, max: 20, standard: 4 },
	REQUEST_TIMEOUT_SECONDS: { unit: "seconds", min: 1, max: 60, standard: 10 },
	REQUESTS_PER_INVOCATION: { unit: "requests", min: 1, max: 10_000, standard: 45 },
	CLIP_WINDOW_HOURS: { unit: "hours", min: 1, max: 336, standard: 24 },
	COORDINATOR_RETENTION_DAYS: { unit: "days", min: 1, max: 365, standard: 7 },
	TASK_RETENTION_DAYS: { unit: "days", min: 1, max: 3_650, standard: 30 },
	// Of an hourly slot: a grace that lasts until the next one would never be over.
	CRON_GRACE_SECONDS: { unit: "seconds", min: 5, max: 1_800, standard: 120 },
	TOLERATED_FAILURE_PERCENT: { unit: "percent", min: 0, max: 100, standard: 5 },
} as const;
type Knob = keyof typeof knobs;

/** Every var and secret that the Worker reads. */
export const varNames = [
	...(Object.keys(knobs) as Knob[]),
	"LANGUAGE",
	"PUBLIC_URL",
	"DISCORD_WEBHOOK_URL",
	"WEBHOOK_URL",
	"WEBHOOK_SECRET",
	"HEARTBEAT_URL",
	"TWITCH_API_URL",
	"TWITCH_AUTH_URL",
	"TWITCH_CLIENT_ID",
	"TWITCH_CLIENT_SECRET",
	...credentialNames,
] as const;

/** @returns the configuration, or one message for each var that is wrong */
export function readConfig(vars: ConfigVars): Result<Config, readonly string[]> {
	const { config, problems } = checkConfig(vars);
	return problems.length === 0 ? ok(config) : err(problems);
}

/**
 * As `readConfig`, with the defaults in place of what is wrong and that said in the log: for a run that is under way,
 * which must end also when the vars of a later deployment are wrong. Nothing new is started on it.
 */
export function readConfigOrDefaults(vars: ConfigVars, log: Log): Config {
	const { config, problems } = checkConfig(vars);
	if (problems.length > 0) log("error", "wrong_configuration", { problems });
	return config;
}

function checkConfig(vars: ConfigVars): { config: Config; problems: readonly string[] } {
	const problems: string[] = [];
	const number = (name: Knob): number => {
		const { unit, min, max, standard } = knobs[name];
		const value = vars[name];
		if (value === undefined || value === "") return standard;
		const parsed = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
		if (Number.isSafeInteger(parsed) && (parsed as number) >= min && (parsed as number) <= max) {
			return parsed as number;
		}
		problems.push(
			`${name} is ${describeValue(value)}; it must be a whole number of ${unit} from ${min} to ${max}`,
		);
		return standard;
	};
	const secretUrl = (name: string): string | undefined => {
		const value = readText(vars, name);
		if (value === undefined) return undefined;
		const parsed = URL.canParse(value) ? new URL(value) : undefined;
		if (parsed !== undefined && /^https?:$/.test(parsed.protocol) && parsed.username === "") {
			return value;
		}
		// The whole of a secret address is secret.
		problems.push(
			`${name} is a value of ${value.length} characters; it must be a URL that begins with https:// (or http://)`,
		);
		return undefined;
	};
	const baseUrl = (name: string, example: string): string | undefined => {
		const value = vars[name];
		if (value === undefined || value === "") return undefined;
		const url = typeof value === "string" && URL.canParse(value) ? new URL(value) : undefined;
		const hasUser = url !== undefined && (url.username !== "" || url.password !== "");
		const isHttp = url !== undefined && /^https?:$/.test(url.protocol);
		if (isHttp && !hasUser && url.search === "" && url.hash === "") {
			return String(value).replace(/\/+$/, "");
		}
		const is = hasUser ? "a URL with a user name or password" : describeValue(value);
		problems.push(
			`${name} is ${is}; it must be a URL with its path and without a query, such as ${example}`,
		);
		return undefined;
	};
	const standardApiUrl = "https://api.twitch.tv/helix";
	const standardAuthUrl = "https://id.twitch.tv/oauth2";
	const webhookUrl = secretUrl("WEBHOOK_URL");
	const webhookSecret = readText(vars, "WEBHOOK_SECRET");
	const decodedSecret = decodeWebhookSecret(webhookSecret);
	if ((webhookUrl !== undefined || webhookSecret !== undefined) && !decodedSecret.ok) {
		problems.push(`WEBHOOK_SECRET ${decodedSecret.error}`);
	}
	const languageIs = readText(vars, "LANGUAGE") ?? "en";
	const language = languages.find((known) => known === languageIs);
	if (language === undefined) {
		const is = describeValue(languageIs);
		problems.push(`LANGUAGE is ${is}; it must be one of ${languages.join(", ")}`);
	}
	const { credentials, problems: ofCredentials } = readCredentials(vars);
	problems.push(...ofCredentials);
	const config: Config = {
		tasksPerMessage: number("TASKS_PER_MESSAGE"),
		messagesInFlight: number("MESSAGES_IN_FLIGHT"),
		leaseMs: number("LEASE_SECONDS") * 1_000,
		queuedMs: number("QUEUED_SECONDS") * 1_000,
		runDeadlineMs: number("RUN_DEADLINE_MINUTES") * 60_000,
		maxAttempts: number("MAX_ATTEMPTS"),
		requestTimeoutMs: number("REQUEST_TIMEOUT_SECONDS") * 1_000,
		requestsPerInvocation: number("REQUESTS_PER_INVOCATION"),
		clipWindowHours: number("CLIP_WINDOW_HOURS"),
		coordinatorRetentionMs: number("COORDINATOR_RETENTION_DAYS") * 86_400_000,
		taskRetentionMs: number("TASK_RETENTION_DAYS") * 86_400_000,
		cronGraceMs: number("CRON_GRACE_SECONDS") * 1_000,
		toleratedFailurePercent: number("TOLERATED_FAILURE_PERCENT"),
		language: language ?? "en",
		publicUrl: baseUrl("PUBLIC_URL", "https://daicho.example.workers.dev"),
		discordWebhookUrl: secretUrl("DISCORD_WEBHOOK_URL"),
		webhookUrl,
		webhookSecret: decodedSecret.ok ? decodedSecret.value : undefined,
		heartbeatUrl: secretUrl("HEARTBEAT_URL"),
		twitchApiUrl: baseUrl("TWITCH_API_URL", standardApiUrl) ?? standardApiUrl,
		twitchAuthUrl: baseUrl("TWITCH_AUTH_URL", standardAuthUrl) ?? standardAuthUrl,
		twitchClientId: readText(vars, "TWITCH_CLIENT_ID"),
		twitchClientSecret: readText(vars, "TWITCH_CLIENT_SECRET"),
		credentials,
	};
	return { config, problems };
}

/** As `readConfig`; says in the log what is wrong and throws: for what the platform starts. */
export function loadConfig(vars: ConfigVars, log: Log): Config {
	const config = readConfig(vars);
	if (config.ok) return config.value;
	log("error", "wrong_configuration", { problems: config.error });
	throw new Error(`wrong configuration: ${config.error.join("; ")}`);
}

function readText(vars: ConfigVars, name: string): string | undefined {
	const value = vars[name];
	return typeof value === "string" && value !== "" ? value : undefined;
}

const shownCharactersMax = 20;

/** A long value is not shown: it may be a secret that was set under the wrong name. */
function describeValue(value: unknown): string {
	const text = typeof value === "string" ? value : (JSON.stringify(value) ?? typeof value);
	if (text.length > shownCharactersMax) return `a value of ${text.length} characters`;
	return typeof value === "string" ? JSON.stringify(value) : text;
}

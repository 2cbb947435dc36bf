import { eq, ne } from "drizzle-orm";
import type { DrizzleSqliteDODatabase } from "drizzle-orm/durable-sqlite";
import { appTokens } from "../../drizzle/twitch-gate/schema.ts";
import { err, ok, type Result } from "../../src/domain/result.ts";
import { type AppToken, requestAppToken } from "../../src/twitch/app-token.ts";
import type { TwitchFailure } from "../../src/twitch/failure.ts";
import { isEmptyStorage, type Migrations, migrateStorage } from "../migrate.ts";
import { openDatabase } from "../shared-statements.ts";
import type { ObjectStorage } from "../storage.ts";
import type { GateApi } from "./api.ts";

export interface GatePorts {
	readonly storage: ObjectStorage;
	readonly migrations: Migrations;
	readonly fetch: typeof fetch;
	readonly now: () => number;
	/** TWITCH_AUTH_URL. */
	readonly authUrl: string;
	/** TWITCH_CLIENT_ID, undefined when it is not set. */
	readonly clientId: string | undefined;
	/** TWITCH_CLIENT_SECRET. */
	readonly clientSecret: string | undefined;
	/** Milliseconds for one token request; default 10,000. */
	readonly timeoutMs?: number;
}

const tokenTimeoutMs = 10_000;
/** A token is renewed this long before its end, or a tenth of its life before it if that is shorter. */
const renewBeforeMs = 600_000;

/**
 * Keeps the one app access token that all consumers share. The storage is its only memory of it, so an evicted
 * object goes on where it was; a token that could not be had leaves no trace.
 *
 * Tokens go to consumers in answers, and nowhere else: no log, no error.
 */
export class Gate implements GateApi {
	readonly #ports: GatePorts;
	readonly #database: DrizzleSqliteDODatabase;
	#isMigrated = false;
	/** The token request under way, which everybody who needs a new token waits for. */
	#request: Promise<Result<string, TwitchFailure>> | null = null;

	constructor(ports: GatePorts) {
		this.#ports = ports;
		this.#database = openDatabase(ports.storage);
	}

	/** The token in use, made or renewed first when that is due. Writes nothing unless a new one was made. */
	async getToken(): Promise<Result<string, TwitchFailure>> {
		await this.#migrateOldTables();
		const token = this.#findToken();
		const nowMs = this.#ports.now();
		if (token !== undefined && nowMs < renewAtMs(token)) return ok(token.accessToken);
		const renewed = await this.#requestOnce();
		// Renewal begins while the old token is still good: trouble with it may pass until that ends.
		const isUsable = token !== undefined && nowMs < token.expiresAtMs;
		return renewed.ok || !isUsable ? renewed : ok(token.accessToken);
	}

	/** Makes a new token if `failedToken` is still the one in use; else answers the one in use. */
	async replaceToken(failedToken: string): Promise<Result<string, TwitchFailure>> {
		await this.#migrateOldTables();
		const token = this.#findToken();
		const isOther = token !== undefined && token.accessToken !== failedToken;
		if (isOther && this.#ports.now() < token.expiresAtMs) return ok(token.accessToken);
		return this.#requestOnce();
	}

	/** Between looking for the token and calling this there must be no await, or a second request may be made for it. */
	#requestOnce(): Promise<Result<string, TwitchFailure>> {
		this.#request ??= this.#requestToken().finally(() => {
			this.#request = null;
		});
		return this.#request;
	}

	async #requestToken(): Promise<Result<string, TwitchFailure>> {
		const { authUrl, clientId, clientSecret, fetch, now, timeoutMs } = this.#ports;
		if (clientId === undefined) return err(missingSecret("TWITCH_CLIENT_ID"));
		if (clientSecret === undefined) return err(missingSecret("TWITCH_CLIENT_SECRET"));
		const token = await requestAppToken({
			authUrl,
			clientId,
			clientSecret,
			fetch,
			now,
			timeoutMs: timeoutMs ?? tokenTimeoutMs,
		});
		if (!token.ok) return token;
		// Other calls ran meanwhile; they only read, because whoever would write waits for this very request.
		await this.#migrate();
		this.#saveToken(clientId, token.value);
		return ok(token.value.accessToken);
	}

	#findToken(): AppToken | undefined {
		const { clientId } = this.#ports;
		if (!this.#isMigrated || clientId === undefined) return undefined;
		return this.#database.select().from(appTokens).where(eq(appTokens.clientId, clientId)).get();
	}

	#saveToken(clientId: string, token: AppToken): void {
		this.#ports.storage.transactionSync(() => {
			this.#database
				.insert(appTokens)
				.values({ clientId, ...token })
				.onConflictDoUpdate({ target: appTokens.clientId, set: { ...token } })
				.run();
			this.#database.delete(appTokens).where(ne(appTokens.clientId, clientId)).run();
		});
	}

	/** In an object that is still empty, tables are made only with the first token. */
	async #migrateOldTables(): Promise<void> {
		if (!this.#isMigrated && !isEmptyStorage(this.#ports.storage)) await this.#migrate();
	}

	async #migrate(): Promise<void> {
		if (this.#isMigrated) return;
		await migrateStorage(this.#ports.storage, this.#ports.migrations);
		this.#isMigrated = true;
	}
}

function renewAtMs({ obtainedAtMs, expiresAtMs }: AppToken): number {
	return expiresAtMs - Math.min(renewBeforeMs, (expiresAtMs - obtainedAtMs) / 10);
}

function missingSecret(name: string): TwitchFailure {
	return {
		kind: "credentials",
		message: `The secret ${name} is not set: npx wrangler secret put ${name}`,
	};
}

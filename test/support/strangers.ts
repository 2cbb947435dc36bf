import { expect } from "vitest";
import type { Deployment } from "./deployment.ts";

/**
 * Callers whom a deployment does not know yet. Each has an address of its own, unless one is said: guesses of one test are
 * not another's.
 */
export class Strangers {
	/** Of the page, as a browser says it. */
	readonly origin: string;
	readonly #deployment: Deployment;
	#addresses = 0;

	private constructor(deployment: Deployment, origin: string) {
		this.#deployment = deployment;
		this.origin = origin;
	}

	static async of(deployment: Deployment): Promise<Strangers> {
		return new Strangers(deployment, new URL((await deployment.harness.listen()).url).origin);
	}

	/** Without any credential, unless the headers have one. */
	async ask(path: string, init: RequestInit = {}): Promise<Response> {
		this.#addresses += 1;
		const headers = new Headers({ "cf-connecting-ip": `203.0.113.${this.#addresses}` });
		for (const [name, value] of new Headers(init.headers)) headers.set(name, value);
		const request = { ...init, headers, redirect: "manual" };
		return this.#deployment.harness.fetch(path, request as never) as unknown as Promise<Response>;
	}

	signIn(token: unknown, headers: Record<string, string> = {}): Promise<Response> {
		return this.ask("/api/session", {
			method: "POST",
			headers: { "content-type": "application/json", origin: this.origin, ...headers },
			body: JSON.stringify({ token }),
		});
	}

	async cookieOf(token: string): Promise<string> {
		const answer = await this.signIn(token);
		expect(answer.status).toBe(200);
		return (answer.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
	}
}

export async function codeOf(answer: Response) {
	const { error } = (await answer.json()) as { error: { code: string; message: string } };
	expect(error.message.length).toBeGreaterThan(10);
	return { status: answer.status, code: error.code };
}

/**
 * Talking to the API. A refusal is a value and not an exception: every view has to say what happens next.
 */
export interface Refusal {
	/** `offline`: no answer came at all. */
	readonly kind: "offline" | "signed_out" | "forbidden" | "not_found" | "refused" | "broken";
	/** 0 when no answer came. */
	readonly status: number;
	readonly code: string;
	/** The API's own words; may hold anything. */
	readonly message: string;
	readonly requestId: string | null;
	/** Seconds, when the API named them. */
	readonly retryAfter: number | null;
}

export type Answer<T> =
	| { readonly ok: true; readonly value: T }
	| { readonly ok: false; readonly refusal: Refusal };

const timeoutMs = 30_000;
const sessionPath = "/api/session";
const refused = new Set<() => void>();

/** Calls back when anything but the session itself was refused for want of one. @returns what ends that */
export function whenSignedOut(tell: () => void): () => void {
	refused.add(tell);
	return () => void refused.delete(tell);
}

export function get<T>(path: string): Promise<Answer<T>> {
	return call<T>(path, { method: "GET" });
}

/** @param key sent as Idempotency-Key: the same key is the same request, however often it is sent */
export function post<T>(path: string, body: unknown, key?: string): Promise<Answer<T>> {
	const headers: Record<string, string> = { accept: "application/json" };
	if (body !== undefined) headers["content-type"] = "application/json";
	if (key !== undefined) headers["idempotency-key"] = key;
	const sent = body === undefined ? {} : { body: JSON.stringify(body) };
	return call<T>(path, { method: "POST", headers, ...sent });
}

export function remove(path: string): Promise<Answer<null>> {
	return call<null>(path, { method: "DELETE" });
}

async function call<T>(path: string, init: RequestInit): Promise<Answer<T>> {
	let answer: Response;
	try {
		const signal = AbortSignal.timeout(timeoutMs);
		answer = await fetch(path, { credentials: "same-origin", signal, ...init });
	} catch {
		return { ok: false, refusal: nothingCame };
	}
	if (answer.status === 204) return { ok: true, value: null as T };
	const body: unknown = await answer.json().catch(() => undefined);
	if (answer.ok && body !== undefined) return { ok: true, value: body as T };
	if (answer.status === 401 && path !== sessionPath) for (const tell of refused) tell();
	const error = (body as { error?: Record<string, unknown> } | undefined)?.error;
	return refuse({
		kind: kindOf(answer),
		status: answer.status,
		code: text(error?.["code"]) ?? `http_${answer.status}`,
		message: text(error?.["message"]) ?? "",
		requestId: text(error?.["requestId"]),
		retryAfter: Number(answer.headers.get("retry-after")) || null,
	});
}

export const nothingCame: Refusal = {
	kind: "offline",
	status: 0,
	code: "offline",
	message: "",
	requestId: null,
	retryAfter: null,
};

/** Whether asking again may help: a refusal with a reason is final for this question. */
export function mayTryAgain(refusal: Refusal): boolean {
	return refusal.kind === "offline" || refusal.kind === "broken" || refusal.status === 429;
}

function refuse(refusal: Partial<Refusal> & Pick<Refusal, "kind" | "status" | "code">) {
	return {
		ok: false,
		refusal: { message: "", requestId: null, retryAfter: null, ...refusal },
	} as const;
}

function kindOf({ ok, status }: Response): Refusal["kind"] {
	if (ok || status >= 500) return "broken";
	if (status === 401) return "signed_out";
	if (status === 403) return "forbidden";
	return status === 404 ? "not_found" : "refused";
}

function text(value: unknown): string | null {
	return typeof value === "string" ? value : null;
}

/** A key for one dialog: whatever is clicked in it, one thing happens. */
export function makeIdempotencyKey(): string {
	// `randomUUID` is for secure contexts only; somebody may look at a local daicho from another machine.
	return [...crypto.getRandomValues(new Uint8Array(16))]
		.map((byte) => byte.toString(16).padStart(2, "0"))
		.join("");
}

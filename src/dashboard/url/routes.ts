/** The addresses of the page, read and written. Pure. */
export type Route =
	| { readonly page: "home" }
	| { readonly page: "run"; readonly runId: string }
	| { readonly page: "task"; readonly runId: string; readonly taskId: string }
	| { readonly page: "matrix" }
	| { readonly page: "audit" }
	| { readonly page: "incidents" }
	| { readonly page: "sign-in" }
	| { readonly page: "unknown" };

export function readRoute(path: string): Route {
	const [first, second, third, fourth, ...more] = path.split("/").slice(1).map(decode);
	if (more.length > 0 || [first, second, third, fourth].includes(null)) return { page: "unknown" };
	if (first === "" && second === undefined) return { page: "home" };
	if (first === "runs" && second) {
		if (third === undefined) return { page: "run", runId: second };
		if (third === "tasks" && fourth) return { page: "task", runId: second, taskId: fourth };
	}
	if (second === undefined) {
		const page = (["matrix", "audit", "incidents", "sign-in"] as const).find(
			(name) => name === first,
		);
		if (page !== undefined) return { page };
	}
	return { page: "unknown" };
}

export function runPath(runId: string): string {
	return `/runs/${encodeURIComponent(runId)}`;
}

export function taskPath(runId: string, taskId: string): string {
	return `${runPath(runId)}/tasks/${encodeURIComponent(taskId)}`;
}

/** @param job undefined while it is not known: the matrix then shows its standard one */
export function matrixPath(job: string | undefined, search: string): string {
	const query = new URLSearchParams({ ...(job === undefined ? {} : { job }), q: search });
	return `/matrix?${query}`;
}

/** What a browser makes of an address (tabs fall out, `\` is `/`) is its own affair: it is asked. */
const anyOrigin = "https://ledger.invalid";

/** Where to go after signing in: an address of this page and of no other. */
export function readNext(value: string | null): string {
	if (value === null || !value.startsWith("/") || !URL.canParse(value, anyOrigin)) return "/";
	const { origin, pathname, search } = new URL(value, anyOrigin);
	const isOurs = origin === anyOrigin && !/^\/(\/|sign-in)/.test(pathname);
	return isOurs ? pathname + search : "/";
}

export function signInPath(from: string): string {
	return from === "/" || from.startsWith("/sign-in")
		? "/sign-in"
		: `/sign-in?next=${encodeURIComponent(from)}`;
}

/** @returns null for a broken escape */
function decode(part: string): string | null {
	try {
		return decodeURIComponent(part);
	} catch {
		return null;
	}
}

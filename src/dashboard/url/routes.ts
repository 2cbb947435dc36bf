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

/** The row of one task, in the matrix of its job. */
export function matrixPath(taskId: string, job: string | undefined): string {
	return `/matrix?${new URLSearchParams(job === undefined ? { q: taskId } : { job, q: taskId })}`;
}

/** Where to go after signing in: an address of this page and of no other. */
export function readNext(value: string | null): string {
	const isOurs = value !== null && /^\/(?![/\\])/.test(value) && !value.startsWith("/sign-in");
	return isOurs ? value : "/";
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

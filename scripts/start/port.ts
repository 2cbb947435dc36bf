import { createServer } from "node:net";
import { Refusal } from "./refusal.ts";

export const host = "127.0.0.1";

/** Refuses a port that cannot be had. Another process may still take it a moment later; wrangler then says so. */
export async function requireFreePort(port: number): Promise<void> {
	const code = await new Promise<string | undefined>((resolve) => {
		const server = createServer();
		server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
		server.listen(port, host, () => server.close(() => resolve(undefined)));
	});
	if (code === undefined) return;
	const reason =
		code === "EADDRINUSE"
			? "is in use"
			: code === "EACCES"
				? "needs rights that this user does not have"
				: `cannot be used (${code})`;
	throw new Refusal(`Port ${port} ${reason}; choose another with --port.`);
}

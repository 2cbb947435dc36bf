import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The statements of a folder of migrations, in order. */
export function readMigrations(folder: string): string[] {
	const root = new URL("../..", import.meta.url).pathname;
	return readdirSync(join(root, folder))
		.filter((file) => file.endsWith(".sql"))
		.sort()
		.flatMap((file) =>
			readFileSync(join(root, folder, file), "utf8")
				.split("--> statement-breakpoint")
				.map((statement) => statement.trim())
				.filter((statement) => statement !== ""),
		);
}

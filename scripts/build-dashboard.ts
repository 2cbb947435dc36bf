import { createHash } from "node:crypto";
import { existsSync, globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Builds the ledger page into dist/dashboard, unless what is there was made of the very same sources: wrangler
 * refuses to start without that folder, so whatever starts, tests or deploys the Worker calls this first.
 */
const root = join(import.meta.dirname, "..");
const stampFile = join(root, "dist/dashboard.stamp");
const sources = ["src/dashboard/**/*", "src/domain/**/*", "vite.config.ts", "package-lock.json"];

export async function buildDashboard(): Promise<void> {
	const stamp = digestSources();
	if (isBuilt(stamp)) return;
	const { build } = await import("vite");
	// Also within a test: by vitest's NODE_ENV it would be another page than the one that is deployed, and a larger one.
	const { NODE_ENV } = process.env;
	process.env["NODE_ENV"] = "production";
	try {
		await build({ configFile: join(root, "vite.config.ts"), logLevel: "warn" });
	} finally {
		if (NODE_ENV === undefined) delete process.env["NODE_ENV"];
		else process.env["NODE_ENV"] = NODE_ENV;
	}
	writeFileSync(stampFile, stamp);
}

function isBuilt(stamp: string): boolean {
	if (!existsSync(join(root, "dist/dashboard/index.html")) || !existsSync(stampFile)) return false;
	return readFileSync(stampFile, "utf8") === stamp;
}

function digestSources(): string {
	const hash = createHash("sha256");
	const entries = globSync(sources, { cwd: root, withFileTypes: true });
	const files = entries.filter((entry) => entry.isFile());
	for (const file of files.map((entry) => join(entry.parentPath, entry.name)).sort()) {
		hash.update(file.slice(root.length)).update("\0").update(readFileSync(file)).update("\0");
	}
	return hash.digest("hex");
}

if (import.meta.main) await buildDashboard();

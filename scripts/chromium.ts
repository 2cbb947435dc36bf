import { existsSync } from "node:fs";

/** Where browser tests find Chromium: CHROMIUM in the environment, or where Debian and Ubuntu put it. */
const places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Null when there is none. */
export function findChromium(): string | null {
	const named = process.env["CHROMIUM"];
	const all = named === undefined || named === "" ? places : [named];
	return all.find((path) => existsSync(path)) ?? null;
}

export const howToGetChromium =
	"apt-get install -y chromium (Debian, Ubuntu), or set CHROMIUM to the path of any Chromium or Chrome";

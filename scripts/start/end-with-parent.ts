/**
 * Loaded before each Node program that `npm start` runs, with `--import`, and inherited by the ones that these run:
 * ends the process when its parent is gone, also when that was killed and could stop nobody. Without it a killed
 * `npm start` would leave workerd behind, on its port and on its data.
 *
 * `?starter=PID` names the process that began it all. It may be dead before this is loaded, and its child somebody else's by
 * then: such a child ends here, before it does anything.
 */
const parent = process.ppid;
const named = new URL(import.meta.url).searchParams.get("starter");
const starter = named === null ? parent : Number(named);
const watchMs = 500;

function endWhenOrphaned(): void {
	if (process.ppid === parent && isAlive(starter)) return;
	clearInterval(watch);
	process.kill(process.pid, "SIGTERM");
}

function isAlive(pid: number): boolean {
	try {
		return process.kill(pid, 0);
	} catch (error) {
		// Not allowed to signal it: it is there.
		return (error as NodeJS.ErrnoException).code === "EPERM";
	}
}

const watch = setInterval(endWhenOrphaned, watchMs);
watch.unref();
endWhenOrphaned();

export {};

/**
 * Loaded before each Node program that `npm start` runs, with `--import`, and inherited by the ones that these run:
 * ends the process when its parent is gone, also when that was killed and could stop nobody. Without it a killed
 * `npm start` would leave workerd behind, on its port and on its data.
 */
const parent = process.ppid;
const watchMs = 500;

const watch = setInterval(() => {
	if (process.ppid === parent) return;
	clearInterval(watch);
	process.kill(process.pid, "SIGTERM");
}, watchMs);
watch.unref();

export {};

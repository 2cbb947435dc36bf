/** The matrix. */
export const matrixWords = {
	matrixPage: {
		title: "Matrix",
		lead: "Who fails, and since when: tasks × the last 48 runs, flaky ones first.",
		job: "Job",
		task: "Task",
		/** The key that rows are sorted by. */
		flips: "Flips",
		flipsTold: "How often it went from good to bad or back. The table is sorted by this.",
		failures: "Failed",
		search: "Search by name or id",
		legend: "What the marks mean",
		retried: "succeeded after a retry",
		absent: "not in that run",
		empty: "No runs yet. After the first run, its tasks stand here.",
		noMatch: "No task matches this search.",
		cell: (task: string, run: string, state: string) => `${task}, ${run}: ${state}`,
		showing: (from: string, to: string, all: string) => `${from}–${to} of ${all}`,
		scroll: "Newest on the right",
	},
};

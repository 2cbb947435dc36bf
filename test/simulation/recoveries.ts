import type { PreparedDatabase } from "./storage.ts";

/** What was saved. By the summaries and tasks in D1, and by the events of the log. */
export const savings = {
	tasks_recovered: "tasks that were sent again by the sweep, and were not lost after all",
	tasks_retried: "tasks that succeeded when they were tried again",
	messages_recovered: "times that a sweep found lost messages or dead consumers, and sent again",
	dead_letter_returned: "messages that the queue gave up, given back to their run",
	run_woken: "runs whose alarm the platform had given up, set going again",
} as const;

/** What failed, and had to be tried again. By the events of the log. */
export const failures = {
	planning_failed: "a run could not be planned",
	send_failed: "messages could not be sent",
	seal_failed: "a seal could not be written",
	after_seal_failed: "what comes after a seal could not be done",
	start_failed: "the run of a slot could not be started",
	slot_postponed: "the run before a slot's could not be asked",
	delivery_failed: "a receiver did not take what it was told",
	incident_opened: "an operator was told of an incident",
} as const;

/** Of the final rows of one seed. */
export function countSaved(database: PreparedDatabase): Record<string, number> {
	const [recovered] = database.rows<{ count: number }>(
		"SELECT coalesce(sum(json_extract(summary, '$.tasks.recovered')), 0) AS count FROM runs",
	);
	const [retried] = database.rows<{ count: number }>(
		"SELECT count(*) AS count FROM run_tasks WHERE state = 'succeeded' AND json_array_length(attempts) > 1",
	);
	return { tasks_recovered: recovered?.count ?? 0, tasks_retried: retried?.count ?? 0 };
}

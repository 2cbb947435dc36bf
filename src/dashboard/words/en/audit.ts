/** The audit page. */
export const auditWords = {
	auditPage: {
		title: "Audit",
		lead: "Who did what, when, and to what.",
		when: "When",
		who: "Who",
		did: "Did",
		subject: "To what",
		result: "Result",
		older: "Older",
		newest: "Newest",
		unknown: "not known",
		empty: "Nobody has done anything yet. What operators do is written here.",
		session: (id: string) => `session ${id}`,
		results: { resumed: "resumed", ended: "ended" } as Readonly<Record<string, string>>,
		detail: {
			reason: "reason",
			until: "until",
			address: "address",
			scope: "what",
			tasks: "tasks",
			taskIds: "ids",
			from: "from",
			to: "to",
		} as Readonly<Record<string, string>>,
		scopes: { failed: "what failed", all: "all", selection: "a selection" } as Readonly<
			Record<string, string>
		>,
		action: {
			"run.start": "started a run",
			"run.rerun": "re-ran",
			"run.cancel": "cancelled",
			"schedule.pause": "paused the schedule",
			"schedule.resume": "resumed the schedule",
			"session.sign_in": "signed in",
			"session.sign_out": "signed out",
		},
	},
};

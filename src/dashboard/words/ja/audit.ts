import type { auditWords as English } from "../en/audit.ts";

export const auditWords: typeof English = {
	auditPage: {
		title: "操作記録",
		lead: "誰が、いつ、何に、何をしたか。",
		when: "日時",
		who: "誰が",
		did: "何を",
		subject: "対象",
		result: "結果",
		older: "以前",
		newest: "最新",
		unknown: "不明",
		empty: "まだ操作はありません。操作するとここに記録されます。",
		session: (id) => `セッション ${id}`,
		results: { resumed: "再開しました", ended: "終了しました" },
		detail: {
			reason: "理由",
			until: "終わり",
			address: "アドレス",
			scope: "範囲",
			tasks: "タスク",
			taskIds: "ID",
			from: "始まり",
			to: "終わり",
		},
		scopes: { failed: "失敗分", all: "すべて", selection: "選択分" },
		action: {
			"run.start": "実行を開始",
			"run.rerun": "再実行",
			"run.cancel": "中止",
			"schedule.pause": "スケジュールを一時停止",
			"schedule.resume": "スケジュールを再開",
			"session.sign_in": "サインイン",
			"session.sign_out": "サインアウト",
		},
	},
};

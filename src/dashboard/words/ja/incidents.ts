import type { incidentWords as English } from "../en/incidents.ts";

const triggers = "CloudflareのダッシュボードでWorkerのCron Triggers";

export const incidentWords: typeof English = {
	incidentsPage: {
		title: "障害",
		lead: "何が起き、何が原因で、誰に知らせたか。",
		open: "発生中",
		past: "収束済み",
		noneOpen: "異常はありません。",
		noneOpenTold: "異常があれば、対処とともにここに表示されます。",
		nonePast: "障害はまだありません。",
		toDo: "対処",
		slot: "予定時刻",
		since: (age) => `${age}から`,
		lasted: (span) => `${span}継続`,
		seen: (_, shown) => `${shown}回確認`,
		deliveries: "通知の状況",
		channels: "通知先",
		on: "設定済み",
		off: "未設定",
		noChannels:
			"このページの外には誰にも知らされません。DISCORD_WEBHOOK_URL か WEBHOOK_URL を設定してください。",
		delivery: { waiting: "送信待ち", delivered: "送信済み", given_up: "断念" },
		phase: { opened: "発生", closed: "収束" },
		attempts: (_, shown) => `${shown}回試行`,
		channel: { discord: "Discord", webhook: "Webhook", heartbeat: "ハートビート" },
		causes: "主な原因",
		showRun: "実行を開く",
		all: "すべての障害",
		more: (_, shown) => `ほか${shown}件の障害`,
	},
	incident: {
		run_failed: {
			title: (job) => `${job} の実行が失敗しました`,
			toDo: "実行を開いて原因を確かめ、取り除いてから失敗分を再実行してください。",
			toDoUnplanned:
				"実行を開いて原因を確かめ、取り除いてから、台帳のページで新しい実行を開始してください。",
			over: "その後の実行は成功しました。",
		},
		run_timed_out: {
			title: (job) => `${job} の実行が時間切れになりました`,
			toDo: "実行を開いて終わらなかったタスクを確かめ、再実行してください。",
			orElse: "単に時間が足りない場合は、RUN_DEADLINE_MINUTES を増やしてください。",
			over: "その後の実行は期限内に終わりました。",
		},
		run_over_tolerance: {
			title: (job) => `${job} の失敗が許容範囲を超えました`,
			toDo: "実行を開いて原因を確かめ、失敗分を再実行してください。",
			orElse: "この程度の失敗が普通であれば、TOLERATED_FAILURE_PERCENT を増やしてください。",
			over: "その後の実行は許容範囲に収まりました。",
		},
		run_stuck: {
			title: (job) => `${job} の実行が、期限を大きく過ぎても記帳されていません`,
			toDo: "多くはD1に書き込めないことが原因です。Cloudflareのダッシュボードで1日の行数制限を確かめてください。",
			orElse: "D1に書き込めるようになれば、自動で記帳されます。",
			over: "実行は記帳されました。",
		},
		slot_late: {
			title: (job) => `${job} の実行が遅れています`,
			toDo: "実行は行われるため、やり直しは不要です。",
			orElse: `繰り返すようなら、${triggers} を確かめてください。`,
			over: "その後の実行は時間どおりに始まりました。",
		},
		slot_missed: {
			title: (job) => `${job} の予定の実行が行われませんでした`,
			toDo: "通常は次の実行が同じ期間も対象にします。次も始まらなければ、手動で開始してください。",
			orElse: `その場合は、${triggers} を確かめてください。`,
			over: "その後の予定は時間どおりに実行されました。",
		},
		cron_dead: {
			title: () => "Cloudflareのcronが来ず、アラームが代わりを務めました",
			toDo: `${triggers} を確かめ、なくなっていればデプロイし直してください。`,
			orElse: "アラームが動いている限り、失われるものはありません。",
			over: "cronが再び来ました。",
		},
		alarm_dead: {
			title: () => "スケジューラのアラームが止まっていました",
			toDo: "対処は不要です。再び設定され、cronも実行を開始します。",
			orElse: "繰り返すようなら、WorkerのログでRunSchedulerのエラーを確かめてください。",
			over: "アラームが再び鳴りました。",
		},
	},
	incidentWhat: {
		missing: (_, missing, planned, failed, lost) =>
			`${planned}件のうち${missing}件が成功しませんでした（失敗${failed}件、消失${lost}件）。`,
		unplanned: "計画を立てられなかったため、タスクはありません。",
		tolerated: (percent) => `許容範囲は${percent}%までです。`,
		late: (span) => `予定より${span}遅れて始まりました。`,
		reason: (reason) => `理由：${reason}。`,
		lastSeen: (time) => ["最後に動作を確認できたのは ", time],
	},
};

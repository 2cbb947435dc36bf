import { formatCount, formatDuration } from "../../format/spans.ts";
import type { incidentWords as English } from "../en/incidents.ts";

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
	incidentTitle: {
		run_failed: "実行が失敗しました",
		run_timed_out: "実行が期限内に終わりませんでした",
		run_over_tolerance: "失敗が許容量を超えました",
		run_stuck: "期限を過ぎても実行が記帳されていません",
		slot_late: "実行の開始が大きく遅れました",
		slot_missed: "予定の実行がありませんでした",
		cron_dead: "cronが来ず、アラームが代わりに開始しました",
		alarm_dead: "スケジューラのアラームが止まっていました",
	},
	incidentToDo: {
		run_failed: "実行を開いて原因を確かめ、取り除いてから失敗分を再実行してください。",
		run_timed_out: "実行を開き、Twitchの応答や待ち時間を確かめてから、残りを再実行してください。",
		run_over_tolerance: "実行を開いて原因を確かめ、失敗分を再実行してください。",
		run_stuck: "D1の状態を確かめてください。復旧すれば自動で記帳されます。",
		slot_late: "Cloudflareの稼働状況を確かめてください。次の回が定刻に始まれば収束します。",
		slot_missed: "理由を確かめ、必要なら今すぐ実行を開始してください。",
		cron_dead: "Workerのcronトリガーが設定されているか確かめてください。実行は続いています。",
		alarm_dead: "次の回を見守ってください。続くようならデプロイし直してください。",
	},
	incidentWhat: ({ tasks, toleratedPercent, lateMs, reason } = {}) => {
		const count = (value: number) => formatCount(value, "ja");
		return [
			tasks === undefined
				? ""
				: `${count(tasks.planned)}件のうち失敗${count(tasks.failed)}件、消失${count(tasks.lost)}件。`,
			toleratedPercent === undefined ? "" : `許容は${toleratedPercent}%までです。`,
			lateMs === undefined ? "" : `開始が${formatDuration(lateMs, "ja")}遅れました。`,
			reason === undefined ? "" : `理由：${reason}`,
		].join("");
	},
};

import type { ledgerWords as English } from "../en/ledger.ts";

export const ledgerWords: typeof English = {
	verdict: {
		succeeded: "成功",
		partial: "一部成功",
		failed: "失敗",
		cancelled: "中止",
		timed_out: "時間切れ",
	},
	running: "実行中",
	taskState: {
		succeeded: "成功",
		failed: "失敗",
		lost: "消失",
		cancelled: "中止",
		running: "実行中",
		waiting: "待機中",
		planned: "未着手",
	},
	taskStateTold: {
		succeeded: "試行が成功しました。",
		failed: "最後の試行が失敗しました。",
		lost: "応答がないまま、試行回数が尽きたか期限が来ました。",
		cancelled: "このタスクが始まる前、または再び始まる前に、実行が中止されました。",
		running: "試行中です。",
		waiting: "次の試行を待っています。",
		planned: "まだ順番が来ていません。",
	},
	outcome: {
		succeeded: "成功",
		retryable: "失敗（再試行する）",
		permanent: "失敗（再試行しない）",
		deferred: "返却（続きは次の試行で）",
		lease_expired: "応答なし（リース切れ）",
		run_closed: "実行の終了で打ち切り",
	},
	account: {
		run: "実行",
		late: "遅れて開始",
		overlap: "見送り（前の実行が継続中）",
		paused: "一時停止中",
		missed: "欠落",
		due: "開始待ち",
	},
	trigger: {
		cron: "cron",
		alarm: "アラーム",
		manual: "手動",
		rerun: "再実行",
		after: "後続",
	},
	verdictTold: {
		succeeded: (planned, shown) =>
			planned === 0
				? "対象がありませんでした。"
				: planned === 1
					? "1件が成功しました。"
					: `${shown}件すべて成功しました。`,
		partial: (_, part, whole) => `${whole}件のうち${part}件が成功しませんでした。`,
		failed: (planned, shown) =>
			planned === 0
				? "計画を立てられませんでした。"
				: planned === 1
					? "1件が成功しませんでした。"
					: `${shown}件のうち1件も成功しませんでした。`,
		cancelled: (planned, part, whole) =>
			planned === 0
				? "計画の前に、操作により中止。"
				: `操作により中止。${whole}件のうち${part}件は成功していました。`,
		timed_out: (_, part, whole) =>
			`期限により打ち切り。${whole}件のうち${part}件は成功していました。`,
	},
	openTold: {
		planning: () => "計画中：タスクを洗い出しています。",
		running: (_, part, whole) => `実行中：${whole}件のうち${part}件が終了。`,
		sealing: () => "記帳中：タスクはすべて終了し、結果を書き込んでいます。",
	},
	chart: { cut: "途中で切れた棒は、ここに収まらない高さです。" },
};

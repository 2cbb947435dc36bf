import type { actingWords as English } from "../en/acting.ts";

export const actingWords: typeof English = {
	act: {
		rerunFailed: (failed, lost, shown) =>
			`${lost === 0 ? "失敗" : failed === 0 ? "消失" : "失敗・消失"}した${shown}件を再実行`,
		rerunAll: "すべて再実行",
		rerunSelected: (_, shown) => `${shown}件を再実行`,
		rerunThese: "この原因の分を再実行",
		rerunTitle: {
			failed: "失敗分を再実行",
			cause: "この原因の分を再実行",
			all: "すべて再実行",
			selection: "選択分を再実行",
		},
		cancel: "この実行を中止",
		viewer: {
			cookie:
				"閲覧者としてサインインしているため、操作はできません。操作するには、サインアウトして ADMIN_TOKEN でサインインし直してください。",
			token: "閲覧のみで、操作はできません。操作には ADMIN_TOKEN が必要です。",
			access: "閲覧のみで、操作はできません。操作できる人は、変数 ACCESS_OPERATORS で指定します。",
		},
		checking: "影響を確認しています…",
		tasks: "タスク",
		about: "所要の目安",
		points: "Twitchポイント",
		pointsTold: "毎分800のうち",
		window: "元の実行と同じ期間を見ます。元の実行はそのまま残ります。",
		windowAnew:
			"元の実行は計画されず、期間がありません。新しい実行は現在までの期間を見ます。元の実行はそのまま残ります。",
		basis: (_, shown) =>
			`過去${shown}回の実行からの見積もりです。再試行があれば、時間もポイントも増えます。`,
		noBasis: "見積もりの元になる実行がまだありません。",
		startTold: "有効な配信者すべてを、予定とは別に今すぐ実行します。",
		cancelStops: (_, shown) => `実行中でない${shown}件を止めます。`,
		cancelSpares: (shown) => `実行中の${shown}件は最後まで進むことがあります。`,
		cancelToldUncounted:
			"実行中でないタスクをすべて止めます。実行中のものは最後まで進むことがあります。",
		pauseSkips: (_, shown) => `実行されない予定：${shown}回`,
		cancelSealed: "その後「中止」として記帳され、再実行できます。",
		cancelDone: (_, shown) => `${shown}件を止めました。`,
		cancelSpared: (_, shown) => `実行中の${shown}件は続きます。`,
		pauseTold: "その間、予定の実行は始まりません。実行中のものは続き、手動での開始もできます。",
		pauseFor: "期間",
		hours: (count) => `${count}時間`,
		days: (count) => `${count}日`,
		until: (time) => [time, " まで"],
		reasonTold: "見た人に事情が伝わるように。1〜200文字。",
		reasonMissing: "理由をひとこと書いてください。",
		resumeTold: (time) => ["次の予定（", time, "）から再び実行されます。"],
		doRerun: "再実行する",
		doStart: "開始する",
		doCancel: "中止する",
		doPause: "一時停止する",
		doResume: "再開する",
		keep: "やめておく",
		sending: "送信中…",
		failedTitle: "うまくいきませんでした。",
		again: "もう一度",
	},
};

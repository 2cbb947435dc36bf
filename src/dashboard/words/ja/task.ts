import type { taskWords as English } from "../en/task.ts";

export const taskWords: typeof English = {
	task: {
		of: "実行",
		attempts: "試行",
		attempt: "試行",
		claimed: "開始",
		outcome: "結果",
		waited: "直前の待ち",
		atTwitch: "Twitch",
		atD1: "D1",
		duration: "所要",
		underWay: "実行中",
		usedUp: "失敗（試行回数が尽きました）",
		notTriedAgain: "失敗（再試行されませんでした）",
		notGoneOnWith: "返却（続きは行われませんでした）",
		noAttempts: "まだ試行がありません。メッセージが届くと始まります。",
		noAttemptsClosed: "一度も試行されずに終わりました。",
		warnings: "注意",
		yield: "取得結果",
		history: "このタスクの直近48回",
		closed: "終了",
		requests: "リクエスト",
		timeline: "時間の内訳",
		waiting: "待ち",
		rest: "その他",
	},
};

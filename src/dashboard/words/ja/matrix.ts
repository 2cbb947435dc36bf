import type { matrixWords as English } from "../en/matrix.ts";

export const matrixWords: typeof English = {
	matrixPage: {
		title: "成否マトリクス",
		lead: "誰がいつから失敗しているか。タスク × 直近48回、不安定な順です。",
		job: "ジョブ",
		task: "タスク",
		flips: "反転",
		flipsTold: "成功と失敗が入れ替わった回数。この順に並んでいます。",
		failures: "失敗",
		search: "名前またはIDで検索",
		legend: "印の意味",
		retried: "再試行の後に成功",
		absent: "対象外",
		empty: "まだ実行がありません。最初の実行の後、ここにタスクが並びます。",
		noMatch: "検索に合うタスクはありません。",
		cell: (task, run, state) => `${task}、${run}：${state}`,
		showing: (from, to, all) => `${all}件中 ${from}–${to}`,
		scroll: "右端が最新",
	},
};

import type { matrixWords as English } from "../en/matrix.ts";

export const matrixWords: typeof English = {
	matrixPage: {
		title: "一覧表",
		lead: "誰がいつから失敗しているか。タスク × 直近48回、不安定な順です。",
		job: "ジョブ",
		task: "タスク",
		failures: "失敗",
		search: "名前またはIDで検索",
		legend: "印の意味",
		retried: "再試行の後に成功",
		absent: "対象外",
		empty: "まだ実行がありません。最初の実行の後、ここにタスクが並びます。",
		noMatch: "検索に合うタスクはありません。",
		allGood: "この期間に失敗したタスクはありません。",
		cell: (task, run, state) => `${task}、${run}：${state}`,
		showing: (from, to, all) => `${all}件中 ${from}–${to}`,
		notYet: "このdaichoにはまだ一覧表がありません。",
		scroll: "右端が最新",
	},
};

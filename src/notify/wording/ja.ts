import type { Facts, Phrases } from "./phrases.ts";

const runOf = ({ run, slot }: Facts) =>
	`${slot === null ? "" : `予定時刻 ${slot} の`}実行${run === null ? "" : ` ${run} `}`;
const slotOf = ({ slot }: Facts) => (slot === null ? "予定時刻" : `予定時刻 ${slot} `);
const count = (number: number) => `${number.toLocaleString("en")}件`;
const lastSeen = (f: Facts, what: string) =>
	f.lastSeen === null ? "" : `${what}は ${f.lastSeen} です。`;
const seen = ({ occurrences }: Facts) =>
	occurrences > 1 ? `この間に${occurrences.toLocaleString("en")}回検知しました。` : "";

/** Planning came to nothing, so there is no task to run again. */
const hasNoTasks = ({ tasks }: Facts) => tasks?.planned === 0;
const again = "そこから失敗した分を再実行してください。";
const startOne = "トップページから手動で開始";
const afterRun = (f: Facts) =>
	hasNoTasks(f)
		? "対処は不要です。"
		: "対処は不要です。失敗した分は、実行のページから今からでも再実行できます。";
const cronTriggers = "Cloudflare ダッシュボードにある Worker の Cron Triggers";
const status = "https://www.cloudflarestatus.com";

const kinds: Phrases["kinds"] = {
	run_failed: {
		title: (f) => `${f.job} の実行が失敗しました`,
		what: (f) => {
			if (f.tasks === null) return `${runOf(f)}が失敗しました。`;
			if (hasNoTasks(f)) {
				return `${runOf(f)}が失敗しました。計画の段階で失敗したため、タスクは作られていません。`;
			}
			const { planned, failed, lost } = f.tasks;
			return `${runOf(f)}が失敗しました。タスク${count(planned)}のうち、成功したものはありません（失敗${count(failed)}、消失${count(lost)}）。`;
		},
		toDo: (f) =>
			`実行のページで原因を確認してください。原因を取り除いたら、${hasNoTasks(f) ? `${startOne}してください。` : again}`,
		ended: (f) => `${f.job} の実行が再び成功しました。`,
		afterwards: afterRun,
	},
	run_timed_out: {
		title: (f) => `${f.job} の実行が時間切れになりました`,
		what: (f) => {
			const closed = `${runOf(f)}が期限までに終わらず、残りのタスクは打ち切られました。`;
			if (f.tasks === null) return closed;
			const { planned, succeeded, failed, lost } = f.tasks;
			return `${closed}タスク${count(planned)}のうち、成功${count(succeeded)}、失敗${count(failed)}、消失${count(lost)}です。`;
		},
		toDo: (f) =>
			`実行のページで終わらなかったタスクを確認し、${again}単に時間が足りない場合は ${f.mark("RUN_DEADLINE_MINUTES")} を増やしてください。`,
		ended: (f) => `${f.job} の実行が期限内に終わりました。`,
		afterwards: afterRun,
	},
	run_over_tolerance: {
		title: (f) => `${f.job} の失敗が許容範囲を超えました`,
		what: (f) => {
			const tolerated = f.tolerated === null ? "" : `許容範囲は ${f.tolerated} までです。`;
			if (f.tasks === null) return `${runOf(f)}で失敗したタスクが多すぎます。${tolerated}`;
			const { planned, failed, lost, missing, missingPercent } = f.tasks;
			return `${runOf(f)}で、タスク${count(planned)}のうち${count(missing)}（${missingPercent}）が完了しませんでした（失敗${count(failed)}、消失${count(lost)}）。${tolerated}`;
		},
		toDo: (f) =>
			`実行のページで原因を確認し、${again}この程度の失敗が普通であれば ${f.mark("TOLERATED_FAILURE_PERCENT")} を増やしてください。`,
		ended: (f) => `${f.job} の失敗が許容範囲に収まりました。`,
		afterwards: afterRun,
	},
	run_stuck: {
		title: (f) => `${f.job} の実行が完了しません`,
		what: (f) =>
			`${runOf(f)}が、期限を大きく過ぎても記帳されていません。${lastSeen(f, "最後に動作を確認できたの")}`,
		toDo: () =>
			`多くの場合、D1 に書き込めないことが原因です。Cloudflare ダッシュボードで D1 の1日あたりの行数制限（無料プランでは 00:00 UTC にリセット）と、${status} を確認してください。D1 に書き込めるようになれば、実行は自動的に記帳されます。`,
		ended: (f) => `実行${f.run === null ? "" : ` ${f.run} `}が記帳されました。`,
		afterwards: () => "対処は不要です。結果は実行のページで確認できます。",
	},
	slot_late: {
		title: (f) => `${f.job} の実行が遅れています`,
		what: (f) =>
			f.reason === null
				? `${slotOf(f)}の実行${f.run === null ? "" : ` ${f.run} `}が${f.late ?? ""}遅れて始まりました。`
				: `${slotOf(f)}の実行${f.run === null ? "" : ` ${f.run} `}を時間どおりに始められず、再試行しています。理由: ${f.reason}。`,
		toDo: () =>
			`実行そのものは行われるため、やり直しは不要です。繰り返す場合は、${cronTriggers} と ${status} を確認してください。`,
		ended: (f) => `${f.job} の次の実行が時間どおりに始まりました。`,
		afterwards: () => "対処は不要です。",
	},
	slot_missed: {
		title: (f) => `${f.job} の実行が行われませんでした`,
		what: (f) =>
			`${slotOf(f)}の実行が行われませんでした。${f.reason === null ? "" : `理由: ${f.reason}。`}`,
		toDo: () =>
			`通常は次の実行が同じ時間帯も対象にします。次の実行も始まらない場合は${startOne}し、${cronTriggers} を確認してください。`,
		ended: (f) => `${f.job} の後の予定時刻の実行が時間どおりに始まりました。`,
		afterwards: () =>
			`対処は不要です。ただし、後の実行が同じ時間帯を対象にしていない場合は、${startOne}してください。`,
	},
	cron_dead: {
		title: () => "Cloudflare の cron が来ていません",
		what: (f) =>
			`${f.slot === null ? "" : `予定時刻 ${f.slot} に `}Cloudflare の cron が来なかったため、アラームが代わりを務めました${f.run === null ? "" : `（実行 ${f.run}）`}。${lastSeen(f, "cron が最後に来たの")}`,
		toDo: (f) =>
			`アラームが動いている限り、失われるものはありません。${cronTriggers} を確認し、登録されていなければ再度デプロイしてください（${f.mark("npm run deploy")}）。`,
		ended: () => "Cloudflare の cron が再び来ました。",
		afterwards: () => "対処は不要です。",
	},
	alarm_dead: {
		title: () => "スケジューラのアラームが止まっていました",
		what: (f) =>
			`スケジューラのアラームが設定されていないか、鳴らないまま予定時刻を過ぎていました。${lastSeen(f, "最後に鳴ったの")}`,
		toDo: (f) =>
			`対処は不要です。アラームは自動的に再設定され、cron も実行を開始します。繰り返す場合は、Worker のログで ${f.mark("RunScheduler")} のエラーを確認してください。`,
		ended: () => "スケジューラのアラームが再び鳴りました。",
		afterwards: () => "対処は不要です。",
	},
};

export const japanese: Phrases = {
	kinds,
	labels: {
		run: "実行",
		slot: "予定時刻",
		failed: "失敗・消失",
		causes: "原因",
		lasted: "継続時間",
		toDo: "対処",
	},
	over: (title) => `【復旧】${title}`,
	lasting: (f) => `${f.openedAt} から${f.lasted}続いています。${seen(f)}`,
	lasted: (f) =>
		`継続時間は${f.lasted}でした（${f.openedAt} から ${f.closedAt ?? "現在"} まで）。${seen(f)}`,
	join: (sentences) => sentences.join(""),
	duration: ({ days, hours, minutes, seconds }) =>
		[
			days > 0 ? `${days}日` : "",
			hours > 0 ? `${hours}時間` : "",
			minutes > 0 ? `${minutes}分` : "",
			seconds > 0 ? `${seconds}秒` : "",
		].join("") || "0秒",
};

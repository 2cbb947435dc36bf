import type { signInWords as English } from "../en/sign-in.ts";

export const signInWords: typeof English = {
	signIn: {
		title: "サインイン",
		lead: "すべての実行を記した台帳。",
		token: "トークン",
		tokenTold:
			"操作するならADMIN_TOKEN、見るだけならVIEWER_TOKEN。「npm start」が作ったものは、その画面に表示されます。",
		go: "台帳を開く",
		checking: "確認中…",
		wrong: "このdaichoのトークンではありません。抜けた文字がないか確かめてください。",
		tooMany: (span) => `試行が多すぎます。${span}後にもう一度お試しください。`,
		missing: "トークンを入力してください。",
		out: "サインアウト",
		notOut: "まだサインインしたままです。",
		outByAccess: "Cloudflare Accessからサインアウトする",
		notKept:
			"ブラウザーがセッションを保存しませんでした。Cookieを許可し、https:// で（同じマシンなら http://localhost で）開いてください。",
		ended: "セッションが終了しました。サインインすると元の場所に戻ります。",
		signedInAs: "サインイン中",
		until: (time) => [time, " まで"],
		show: "表示",
		hide: "隠す",
	},
};

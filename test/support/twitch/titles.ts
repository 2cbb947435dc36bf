/**
 * Owns what streams and clips are called. One title in twelve is an attack or an accident that a
 * site showing titles must survive; none holds a line break, because Twitch lets none through.
 */
import type { NonEmpty, Random } from "./random.ts";

const JAPANESE: NonEmpty<string> = [
	"警察から逃げ切った男の末路",
	"初給料で買ったものがひどいwww",
	"無線つけっぱなしで全部聞かれてた",
	"「安全運転で行きます」→ 3秒後",
	"救急隊、患者より先に倒れる",
	"ここで止まるヘリがあるか！",
	"神回避",
	"市長、就任5分で停電",
	"ラーメン屋のバイト初日で店が燃える",
	"銀行強盗なのに番号札を取って待つ",
	"まさかの再会に泣くボス",
	"人質のほうが強い",
	"取り調べ中に寝落ち",
	"車を盗んだら中に署長がいた",
	"橋の上のプロポーズ、風で全部聞こえない",
	"方向音痴のタクシー運転手",
	"プリンが原因で抗争勃発",
	"迷子のカーナビ「目的地は海です」",
	"裁判長、被告人と間違えられる",
	"自転車 vs パトカー 10台",
	"ナイスエイム（味方）",
	"伝説の土下座",
	"花火大会、全員びしょ濡れ",
	"闇医者「麻酔？ないよ」",
	"犬語で取引が成立する瞬間",
	"最終回みたいな夕日",
];

const ENGLISH: NonEmpty<string> = [
	"he parked WHERE",
	"the getaway driver does not know left from right",
	"undercover for 3 weeks, blown by a ringtone",
	"mayor's speech, power cut, perfect timing",
	"one job: hold the door",
	"the slowest police chase in city history",
	"bank robbery but everyone waits in line",
	"first day as a paramedic",
	"wrong helicopter",
	"he really said that on open radio",
	"noodle shop diplomacy",
	"lawyer objects to himself",
	"that jump had no business working",
	"how to lose a tow truck",
	"the quietest heist ever (until the horn)",
	"clean 1v4",
	"nobody tell the sheriff",
	"goodbye scene, I'm not crying",
];

/** Markup, quoting, direction, escapes, formulas, templates, wide and invisible characters. */
const NASTY: NonEmpty<string> = [
	"<script>alert(1)</script>",
	"\"><img src=x onerror=alert('clip')>",
	"He said \"it's fine\" — it wasn't",
	"\u202eこのタイトルは右から読む\u202c",
	"مرحبا \u200f(hello)\u200f from the docks",
	"C:\\Users\\boss\\plans\\heist.docx",
	"\\u003cb\\u003e not bold \\\\ \\n not a line",
	"'); DROP TABLE clips; --",
	'=HYPERLINK("https://example.com","free bits")',
	"{{ 7 * 7 }} #{title} %s %00",
	"👨‍👩‍👧‍👦 家族で銀行強盗 🏦💥🚓",
	"z̷a̷l̷g̷o̷ のラーメン 🍜",
	"</title></textarea><!-- まだ続く",
	"&lt;already escaped&gt; &amp; fine",
	"🇯🇵🏴‍☠️👩🏽‍🚒 出動！！",
	"  spaces  at   both ends  ",
];

const NASTY_SHARE = 1 / 12;

const STREAMS_JAPANESE: NonEmpty<string> = [
	"【GTA5 RP】今日から新人警察官",
	"【ロールプレイ】ラーメン屋、開店します",
	"【GTA5】ギャング生活 #42 / 初見さん歓迎",
	"夜の街をまったりパトロール",
	"【RP】救急隊の長い一日",
	"借金返済まで寝られません",
];

const STREAMS_ENGLISH: NonEmpty<string> = [
	"[GTA RP] first day on the force | !server",
	"towing your car since 2021 🚚",
	"city life, no plan",
	"[RP] the noodle shop war continues",
	"night shift at the hospital",
];

const ENDINGS: NonEmpty<string> = [
	"",
	"",
	"",
	"",
	"w",
	"！？",
	" 😂",
	" 🔥",
	"…",
	" #2",
	"（伏線）",
];

export function makeStreamTitle(random: Random, language: "ja" | "en"): string {
	return random.pick(language === "ja" ? STREAMS_JAPANESE : STREAMS_ENGLISH);
}

/** A clip that nobody has named bears its stream's title: that is Twitch's default. */
export function makeClipTitle(random: Random, language: "ja" | "en", streamTitle: string): string {
	if (random.chance(NASTY_SHARE)) return random.pick(NASTY);
	if (random.chance(0.2)) return streamTitle;
	if (language === "ja" || random.chance(0.15)) return random.pick(JAPANESE) + random.pick(ENDINGS);
	return random.pick(ENGLISH);
}

import type { ComponentType } from "preact";
import { useCallback, useEffect, useState } from "preact/hooks";
import { nothingCame } from "../api/client.ts";
import { Loading, Refused } from "./notices.tsx";
import { useReader } from "./reader.tsx";

/** A view whose script is fetched when it is first shown. */
export function later<Props extends object>(
	load: () => Promise<{ readonly default: ComponentType<Props> }>,
	Waiting: ComponentType = Loading,
): ComponentType<Props> {
	let loaded: ComponentType<Props> | undefined;
	return function Later(props: Props) {
		const [state, setState] = useState<"waiting" | "there" | "failed">(
			loaded === undefined ? "waiting" : "there",
		);
		useEffect(() => {
			if (loaded !== undefined) return;
			load().then(
				(module) => {
					loaded = module.default;
					setState("there");
				},
				() => setState("failed"),
			);
		}, []);
		if (state === "failed") return <LoadingFailed />;
		const View = loaded;
		return View === undefined ? <Waiting /> : <View {...props} />;
	};
}

const lookAgainMs = 4_000;
/** A file of the page that is always there. */
const probePath = "/seal.svg";

/**
 * A script that did not come. Where nothing comes at all, the connection is waited for; where the rest does, a new
 * version was deployed while the page was open, and the scripts of the old one are gone. A browser may remember that a
 * script failed, so either way the page is loaded anew.
 */
function LoadingFailed() {
	const { words } = useReader();
	const [isReached, setReached] = useState<boolean>();
	const look = useCallback(async (whenThere: () => void) => {
		const isThere = await fetch(probePath, { cache: "no-store" }).then(
			() => true,
			() => false,
		);
		if (isThere) whenThere();
		else setReached(false);
	}, []);
	useEffect(() => void look(() => setReached(true)), [look]);
	const reload = () => location.reload();
	useEffect(() => {
		if (isReached !== false) return;
		const again = () => void look(reload);
		const timer = setInterval(again, lookAgainMs);
		window.addEventListener("online", again);
		return () => {
			clearInterval(timer);
			window.removeEventListener("online", again);
		};
	}, [isReached, look]);
	if (isReached === undefined) return <Loading />;
	if (!isReached) return <Refused refusal={nothingCame} retry={() => void look(reload)} />;
	return (
		<div class="empty" role="alert">
			<p class="empty-title">{words.states.newVersion}</p>
			<button type="button" class="button" onClick={reload}>
				{words.states.reload}
			</button>
		</div>
	);
}

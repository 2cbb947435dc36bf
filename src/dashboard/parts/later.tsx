import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Loading } from "./notices.tsx";
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

/** A page that was open while a new version was deployed asks for scripts that are gone. */
function LoadingFailed() {
	const { words } = useReader();
	return (
		<div class="empty" role="alert">
			<p class="empty-title">{words.states.newVersion}</p>
			<button type="button" class="button" onClick={() => location.reload()}>
				{words.states.reload}
			</button>
		</div>
	);
}

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { TaskState } from "../../api/shapes.ts";
import { formatCount } from "../../format/spans.ts";
import { watchTheme } from "../../parts/colour-of.ts";
import { Mark, signOfTask } from "../../parts/marks.tsx";
import { useReader } from "../../parts/reader.tsx";
import { orderByAttention } from "../../run-live/grid-states.ts";
import type { RunView } from "../../run-live/use-run.ts";
import { go } from "../../url/location.ts";
import { taskPath } from "../../url/routes.ts";
import { countByState } from "./count-by-state.ts";
import { drawMark, type Palette, readPalette } from "./draw-grid.ts";
import { type GridLayout, layOutGrid, markAt } from "./grid-layout.ts";

/** One mark a task. Only marks that changed are drawn again; the table below says the same to everybody. */
interface Drawn {
	readonly layout: GridLayout;
	readonly palette: Palette;
	/** How often it had turned. */
	readonly theme: number;
	readonly states: readonly TaskState[];
}

export function TaskGrid(props: {
	readonly runId: string;
	readonly run: RunView;
	readonly isAttentionFirst: boolean;
}) {
	const { words, language } = useReader();
	const { states, taskIds, names } = props.run;
	const canvas = useRef<HTMLCanvasElement>(null);
	const drawn = useRef<Drawn | undefined>(undefined);
	const [width, setWidth] = useState(0);
	const [theme, setTheme] = useState(0);
	const [pointed, setPointed] = useState<number | undefined>(undefined);
	const places = useMemo(
		() => (props.isAttentionFirst ? orderByAttention(states) : states.map((_, index) => index)),
		[states, props.isAttentionFirst],
	);
	const layout = useMemo(() => layOutGrid(states.length, width), [states.length, width]);

	useEffect(() => {
		const parent = canvas.current?.parentElement;
		if (parent == null) return;
		const fit = new ResizeObserver(() => setWidth(parent.clientWidth));
		fit.observe(parent);
		const unwatch = watchTheme(() => setTheme((turn) => turn + 1));
		return () => {
			fit.disconnect();
			unwatch();
		};
	}, []);

	useEffect(() => {
		const element = canvas.current;
		const context = element?.getContext("2d");
		const parent = element?.parentElement;
		if (element == null || context == null || parent == null || width === 0) return;
		const inOrder = places.map((place) => states[place] ?? "planned");
		const before = drawn.current;
		const isSame = before?.layout === layout && before.theme === theme;
		const palette = isSame ? before.palette : readPalette(parent);
		if (!isSame) {
			const ratio = window.devicePixelRatio || 1;
			element.width = Math.round(layout.columns * layout.pitch * ratio);
			element.height = Math.round(layout.height * ratio);
			element.style.width = `${layout.columns * layout.pitch}px`;
			element.style.height = `${layout.height}px`;
			context.setTransform(ratio, 0, 0, ratio, 0, 0);
		}
		for (const [index, state] of inOrder.entries()) {
			if (isSame && before.states[index] === state) continue;
			drawMark(context, layout, palette, index, state);
		}
		drawn.current = { layout, palette, theme, states: inOrder };
	}, [states, places, layout, width, theme]);

	const taskAt = (event: MouseEvent): number | undefined => {
		const area = (event.currentTarget as HTMLElement).getBoundingClientRect();
		const index = markAt(
			layout,
			states.length,
			event.clientX - area.left,
			event.clientY - area.top,
		);
		return index === undefined ? undefined : places[index];
	};
	const told = Object.entries(countByState(states))
		.filter(([, count]) => count > 0)
		.map(
			([state, count]) => `${formatCount(count, language)} ${words.taskState[state as TaskState]}`,
		)
		.join(words.comma);
	const pointedState = pointed === undefined ? undefined : states[pointed];
	return (
		<div class="task-grid">
			<div class="task-grid-area">
				<canvas
					ref={canvas}
					role="img"
					aria-label={words.tasks.gridLabel(told)}
					onPointerMove={(event) => setPointed(taskAt(event))}
					onPointerLeave={() => setPointed(undefined)}
					onClick={(event) => {
						const place = taskAt(event);
						const taskId = place === undefined ? undefined : taskIds[place];
						if (taskId !== undefined) go(taskPath(props.runId, taskId));
					}}
				/>
			</div>
			<p class="bar-told">
				{pointed === undefined || pointedState === undefined ? (
					words.tasks.grid
				) : (
					<span class="told">
						<Mark sign={signOfTask[pointedState]} /> {names[pointed] ?? taskIds[pointed]} ·{" "}
						{words.taskState[pointedState]}
					</span>
				)}
			</p>
		</div>
	);
}

import type { TaskState } from "../../api/shapes.ts";
import { colourOf } from "../../parts/colour-of.ts";
import { signOfTask } from "../../parts/marks.tsx";
import type { GridLayout } from "./grid-layout.ts";

/** Marks on a canvas: 10,000 of them take a few milliseconds, and a state is a shape as well as a colour. */
export type Palette = Readonly<Record<TaskState | "paper", string>>;

const quiet: Readonly<Record<string, string>> = { planned: "rule-strong", succeeded: "good-mark" };

export function readPalette(element: HTMLElement): Palette {
	const palette: Record<string, string> = { paper: colourOf(element, "paper") };
	for (const [state, sign] of Object.entries(signOfTask)) {
		palette[state] = colourOf(element, quiet[state] ?? sign.tone);
	}
	return palette as Palette;
}

export function drawMark(
	context: CanvasRenderingContext2D,
	layout: GridLayout,
	palette: Palette,
	index: number,
	state: TaskState,
): void {
	const { pitch, gap, columns } = layout;
	const side = pitch - gap;
	const x = (index % columns) * pitch;
	const y = Math.floor(index / columns) * pitch;
	context.clearRect(x, y, pitch, pitch);
	context.fillStyle = palette[state];
	context.strokeStyle = palette[state];
	context.lineWidth = Math.max(1, side / 9);
	const inset = context.lineWidth / 2;
	switch (state) {
		case "planned":
			context.strokeRect(x + inset, y + inset, side - 2 * inset, side - 2 * inset);
			return;
		case "running":
			context.strokeRect(x + inset, y + inset, side - 2 * inset, side - 2 * inset);
			context.fillRect(x, y + side / 2, side, side / 2);
			return;
		case "waiting":
			context.strokeRect(x + inset, y + inset, side - 2 * inset, side - 2 * inset);
			context.fillRect(x + side * 0.3, y + side * 0.3, side * 0.4, side * 0.4);
			return;
		case "cancelled":
			context.fillRect(x, y + side * 0.38, side, side * 0.24);
			return;
		case "succeeded":
			context.fillRect(x, y, side, side);
			return;
		case "lost":
			context.fillRect(x, y, side, side);
			context.fillStyle = palette.paper;
			context.fillRect(x + side * 0.3, y + side * 0.3, side * 0.4, side * 0.4);
			return;
		case "failed":
			context.fillRect(x, y, side, side);
			context.strokeStyle = palette.paper;
			context.lineWidth = Math.max(1, side / 7);
			context.beginPath();
			context.moveTo(x + side * 0.25, y + side * 0.25);
			context.lineTo(x + side * 0.75, y + side * 0.75);
			context.moveTo(x + side * 0.75, y + side * 0.25);
			context.lineTo(x + side * 0.25, y + side * 0.75);
			context.stroke();
	}
}

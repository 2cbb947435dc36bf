/**
 * The one clock of a simulated world and the order of everything that happens in it. Nothing happens but what was put
 * here: an event is carried out, all promises that it settled run to their ends, then the next event comes.
 */
interface Event {
	readonly atMs: number;
	/** Ties are broken by who was put here first. */
	readonly no: number;
	readonly label: string;
	/** Null once it was called off. */
	happen: (() => void) | null;
}

/** What was put into the order of things, to be called off. */
export type Appointment = Pick<Event, "happen">;

const immediately = setImmediate;

/** All microtasks run before the next turn of Node's loop, and a simulated world has nothing but microtasks. */
const settle = () => new Promise<void>((resolve) => immediately(resolve));

export class Kernel {
	nowMs: number;
	events = 0;
	/** Of everything that happened, in its order. */
	hash = 0x811c9dc5;
	/** Lines for people; null when nobody reads them. */
	readonly lines: string[] | null;
	readonly #startMs: number;
	readonly #heap: Event[] = [];
	#scheduled = 0;

	constructor(startMs: number, traced = false) {
		this.nowMs = startMs;
		this.#startMs = startMs;
		this.lines = traced ? [] : null;
	}

	/** `happen` is called at `atMs`, or now when that is over. */
	at(atMs: number, label: string, happen: () => void): Appointment {
		this.#scheduled += 1;
		const dueAtMs = Math.max(this.nowMs, Math.ceil(atMs));
		const event = { atMs: dueAtMs, no: this.#scheduled, label, happen };
		this.#push(event);
		return event;
	}

	after(ms: number, label: string, happen: () => void): Appointment {
		return this.at(this.nowMs + ms, label, happen);
	}

	/** It does not happen, if it has not happened yet. */
	callOff(appointment: Appointment): void {
		appointment.happen = null;
	}

	/** @returns false when nothing is left to happen */
	async step(): Promise<boolean> {
		this.#dropCalledOff();
		const event = this.#pop();
		if (event === undefined) return false;
		// Somebody may have moved the clock past it: then it is late, and the clock stays.
		this.nowMs = Math.max(this.nowMs, event.atMs);
		this.events += 1;
		this.note(event.label);
		event.happen?.();
		await settle();
		return true;
	}

	get nextAtMs(): number {
		this.#dropCalledOff();
		return this.#heap[0]?.atMs ?? Number.POSITIVE_INFINITY;
	}

	#dropCalledOff(): void {
		while (this.#heap[0]?.happen === null) this.#pop();
	}

	/** Into the trace, and into its hash. */
	note(label: string): void {
		let hash = this.hash ^ (this.nowMs & 0xffffffff);
		for (let index = 0; index < label.length; index += 1) {
			hash = Math.imul(hash ^ label.charCodeAt(index), 0x01000193);
		}
		this.hash = hash >>> 0;
		this.lines?.push(`${this.#clock()} ${label}`);
	}

	/** Into the trace only: built from what is expensive to say. */
	tell(say: () => string): void {
		this.lines?.push(`${this.#clock()}   ${say()}`);
	}

	#clock(): string {
		const seconds = (this.nowMs - this.#startMs) / 1_000;
		const [h, m, s] = [seconds / 3_600, (seconds / 60) % 60, seconds % 60];
		return `+${Math.floor(h)}:${String(Math.floor(m)).padStart(2, "0")}:${s.toFixed(3).padStart(6, "0")}`;
	}

	#push(event: Event): void {
		const heap = this.#heap;
		let index = heap.length;
		heap.push(event);
		while (index > 0) {
			const parent = (index - 1) >> 1;
			const above = heap[parent] as Event;
			if (isBefore(above, event)) break;
			heap[index] = above;
			index = parent;
		}
		heap[index] = event;
	}

	#pop(): Event | undefined {
		const heap = this.#heap;
		const first = heap[0];
		const last = heap.pop();
		if (first === undefined || last === undefined || heap.length === 0) return first;
		let index = 0;
		for (;;) {
			let child = 2 * index + 1;
			if (child >= heap.length) break;
			if (child + 1 < heap.length && isBefore(heap[child + 1] as Event, heap[child] as Event)) {
				child += 1;
			}
			if (isBefore(last, heap[child] as Event)) break;
			heap[index] = heap[child] as Event;
			index = child;
		}
		heap[index] = last;
		return first;
	}
}

function isBefore(left: Event, right: Event): boolean {
	return left.atMs < right.atMs || (left.atMs === right.atMs && left.no < right.no);
}

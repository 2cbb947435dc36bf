import type { ObjectAlarm } from "../object-alarm.ts";
import type { SchedulerPorts } from "./ports.ts";
import type { SchedulerStore } from "./store.ts";

/** What the parts of the scheduler share. */
export interface SchedulerContext {
	readonly ports: SchedulerPorts;
	readonly store: SchedulerStore;
	readonly alarm: ObjectAlarm;
}

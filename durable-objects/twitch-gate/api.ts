/** What the one TwitchGate object answers to; every call may be repeated. */
export type { TokenSource as GateApi } from "../../src/twitch/gate-client.ts";

/** The one object: `env.TWITCH_GATE.getByName(gateObjectName)`. */
export const gateObjectName = "twitch";

import { readConfig, varNames } from "../../src/config.ts";
import { Refusal } from "./refusal.ts";

/** Those that have another way to the Worker: the token is also ours, and Twitch may be the simulated one. */
const ownWay = /^(ADMIN_TOKEN|TWITCH_(CLIENT_ID|CLIENT_SECRET|API_URL|AUTH_URL))$/;

/** The Worker's vars and secrets that are taken from the environment of `npm start` as they are. */
export const handedOn: readonly string[] = varNames.filter((name) => !ownWay.test(name));

/** Those that are set. What the Worker would not take is refused here, in one line and before anything is started. */
export function readWorkerVars(env: NodeJS.ProcessEnv): Record<string, string> {
	const given = handedOn.flatMap((name) => {
		const value = env[name]?.trim() ?? "";
		return value === "" || isOfTheSystem(name, value) ? [] : [[name, value] as const];
	});
	const vars = Object.fromEntries(given);
	const config = readConfig(vars);
	if (!config.ok) throw new Refusal(`${config.error.join("; ")}.`);
	return vars;
}

/** Many desktops set LANGUAGE for gettext (`de_DE:de`): only what is a language of daicho's is meant for it. */
function isOfTheSystem(name: string, value: string): boolean {
	return name === "LANGUAGE" && !readConfig({ LANGUAGE: value }).ok;
}

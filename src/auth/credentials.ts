/**
 * What may let somebody in, read from vars and secrets. Apart from the rest of the configuration, because who asks is
 * known before anything else of the configuration is spoken of.
 */
export interface Credentials {
	/** Whoever has it is an operator. */
	readonly adminToken: string | undefined;
	/** Whoever has it is a viewer. */
	readonly viewerToken: string | undefined;
	/** Undefined when Cloudflare Access is not configured, or only half: then nobody gets in that way. */
	readonly access: AccessConfig | undefined;
}

export interface AccessConfig {
	/** `team.cloudflareaccess.com` */
	readonly teamDomain: string;
	/** The application's audience tag. */
	readonly audience: string;
	/**
	 * E-mails of those who may act, as `foldName` writes them; everybody else reads. A service token has its name here, and
	 * acts only when it sends the header `Origin` as the page does.
	 */
	readonly operators: ReadonlySet<string>;
}

export const credentialNames = [
	"ADMIN_TOKEN",
	"VIEWER_TOKEN",
	"ACCESS_TEAM_DOMAIN",
	"ACCESS_AUD",
	"ACCESS_OPERATORS",
] as const;
type CredentialName = (typeof credentialNames)[number];

const teamDomainForm = /^(?:https:\/\/)?((?:[a-z0-9-]+\.)+[a-z]{2,})\/?$/i;
const audienceForm = /^[\x21-\x7e]{16,200}$/;

/** @returns one problem for each thing that is wrong; none of them quotes a value */
export function readCredentials(vars: Readonly<Record<string, unknown>>): {
	readonly credentials: Credentials;
	readonly problems: readonly string[];
} {
	const read = (name: CredentialName): string | undefined => {
		const value = vars[name];
		return typeof value === "string" && value.trim() !== "" ? value : undefined;
	};
	const problems: string[] = [];
	const adminToken = read("ADMIN_TOKEN");
	let viewerToken = read("VIEWER_TOKEN");
	if (viewerToken !== undefined && viewerToken === adminToken) {
		// Whoever was given it to read could act.
		problems.push("VIEWER_TOKEN is the same as ADMIN_TOKEN; give viewers a token of their own");
		viewerToken = undefined;
	}
	const team = read("ACCESS_TEAM_DOMAIN");
	const audience = read("ACCESS_AUD");
	const operators = read("ACCESS_OPERATORS");
	const [, teamDomain] = teamDomainForm.exec(team?.trim() ?? "") ?? [];
	if (team !== undefined && teamDomain === undefined) {
		problems.push("ACCESS_TEAM_DOMAIN must be a domain such as my-team.cloudflareaccess.com");
	}
	const isAudience = audience !== undefined && audienceForm.test(audience.trim());
	if (audience !== undefined && !isAudience) {
		problems.push("ACCESS_AUD must be the application's audience tag, 64 hexadecimal characters");
	}
	if ((team === undefined) !== (audience === undefined)) {
		const [is, lacks] = team === undefined ? ["AUD", "TEAM_DOMAIN"] : ["TEAM_DOMAIN", "AUD"];
		problems.push(`ACCESS_${is} is set and ACCESS_${lacks} is not; Cloudflare Access needs both`);
	}
	if (operators !== undefined && team === undefined && audience === undefined) {
		problems.push("ACCESS_OPERATORS is set; it needs ACCESS_TEAM_DOMAIN and ACCESS_AUD");
	}
	const access =
		teamDomain !== undefined && isAudience
			? {
					teamDomain: teamDomain.toLowerCase(),
					audience: audience.trim(),
					operators: readNames(operators ?? ""),
				}
			: undefined;
	return { credentials: { adminToken, viewerToken, access }, problems };
}

function readNames(list: string): ReadonlySet<string> {
	const names = list.split(",").map((name) => foldName(name.trim()));
	return new Set(names.filter((name) => name !== ""));
}

/** For comparing. Of ASCII letters only: in lower case the sign of kelvin (U+212A) is a k, and somebody else's name. */
export function foldName(name: string): string {
	return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

import manifest from "../package.json" with { type: "json" };

/** The released version and, when deployed, the first characters of the deployment's own id: `0.1.0+1a2b3c4d`. */
export function deployedVersion(env: { readonly CF_VERSION_METADATA?: { id: string } }): string {
	const deployment = env.CF_VERSION_METADATA?.id.slice(0, 8) ?? "";
	return deployment === "" ? manifest.version : `${manifest.version}+${deployment}`;
}

/** Who asks, and what they may do. Pure. */
export const roles = [
	/** Reads everything that the API shows, and changes nothing. */
	"viewer",
	/** Acts, too: starts, reruns and cancels runs, pauses and resumes the schedule. */
	"operator",
] as const;
export type Role = (typeof roles)[number];

/** How it was shown who it is: `token` is a Bearer token, `cookie` a session, `access` Cloudflare Access. */
export const vias = ["token", "cookie", "access"] as const;
export type Via = (typeof vias)[number];

export interface Actor {
	/** For people: which token, or the e-mail that Access vouches for. */
	readonly name: string;
	readonly role: Role;
	readonly via: Via;
}

/** Signing in and out. */
export const signInWords = {
	signIn: {
		title: "Sign in",
		lead: "The ledger of every run.",
		token: "Token",
		tokenTold: "ADMIN_TOKEN to act, VIEWER_TOKEN to look. “npm start” shows the one that it makes.",
		go: "Open the ledger",
		checking: "Checking …",
		wrong: "That is not a token of this daicho. Check for a missing letter.",
		tooMany: (span: string) => `Too many attempts. Try again in ${span}.`,
		missing: "Enter the token.",
		out: "Sign out",
		notOut: "You are still signed in.",
		outByAccess: "Cloudflare Access let you in. Sign out there",
		notKept:
			"This browser did not keep the session. Allow cookies here, and open the page by https://, or by http://localhost on the machine itself.",
		ended: "Your session has ended. Sign in again to go on where you were.",
		signedInAs: "Signed in as",
		until: <Time>(time: Time): (string | Time)[] => ["until ", time],
		show: "Show",
		hide: "Hide",
	},
};

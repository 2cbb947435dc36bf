import { useCallback, useEffect, useRef } from "preact/hooks";
import { type Refusal, remove, whenSignedOut } from "./api/client.ts";
import { forgetAnswers } from "./api/kept-answers.ts";
import type { Session } from "./api/shapes.ts";
import { useResource } from "./api/use-resource.ts";
import { Header } from "./layout/header.tsx";
import { Keys } from "./layout/keys.tsx";
import { Undrawn } from "./layout/undrawn.tsx";
import { HomePage } from "./pages/home/home.tsx";
import { SignInPage } from "./pages/sign-in.tsx";
import { useTitle } from "./parts/document-title.ts";
import { later } from "./parts/later.tsx";
import { Empty } from "./parts/notices.tsx";
import { ReaderProvider, useReader } from "./parts/reader.tsx";
import { followLinks, go, usePlace } from "./url/location.ts";
import { readNext, readRoute, signInPath } from "./url/routes.ts";

const RunPage = later(() => import("./pages/run/run.tsx"));
const TaskPage = later(() => import("./pages/task/task.tsx"));
const MatrixPage = later(() => import("./pages/matrix/matrix.tsx"));
const AuditPage = later(() => import("./pages/audit/audit.tsx"));
const IncidentsPage = later(() => import("./pages/incidents/incidents.tsx"));

/** A session may end while the page is open. Nearly always another answer says so first; this is for a page at rest. */
const sessionRefreshMs = 300_000;

export function App() {
	const place = usePlace();
	const route = readRoute(place.path);
	const isSignIn = route.page === "sign-in";
	const session = useResource<Session>("/api/session", isSignIn ? null : sessionRefreshMs);
	const known = session.refusal?.kind === "signed_out" ? undefined : session.value;
	const wasSignedIn = useRef(false);
	const hasEnded = useRef(false);
	if (known !== undefined) wasSignedIn.current = true;

	// Whatever was refused for want of a session: the session itself is asked for, and decides.
	useEffect(() => whenSignedOut(session.reload), [session.reload]);

	useEffect(() => {
		if (session.refusal?.kind !== "signed_out" || isSignIn) return;
		forgetAnswers();
		hasEnded.current = wasSignedIn.current;
		go(signInPath(place.path + place.search), { replace: true });
	}, [session.refusal, isSignIn, place.path, place.search]);

	useEffect(() => {
		if (!isSignIn || known === undefined) return;
		go(readNext(new URLSearchParams(place.search).get("next")), { replace: true });
	}, [isSignIn, known, place.search]);

	// On another page one goes on at its beginning, as after any other navigation; the link that led here is gone.
	const shownPath = useRef(place.path);
	useEffect(() => {
		if (shownPath.current === place.path) return;
		shownPath.current = place.path;
		if (!isSignIn) document.getElementById("content")?.focus({ preventScroll: true });
	}, [place.path, isSignIn]);

	useEffect(() => {
		document.addEventListener("click", followLinks);
		return () => document.removeEventListener("click", followLinks);
	}, []);

	const signOut = useCallback(async (): Promise<Refusal | undefined> => {
		const answer = await remove("/api/session");
		// Still signed in: whoever walks away from this screen has to know.
		if (!answer.ok) return answer.refusal;
		wasSignedIn.current = false;
		hasEnded.current = false;
		forgetAnswers();
		go("/sign-in");
		session.reload();
		return undefined;
	}, [session.reload]);

	if (isSignIn) {
		return (
			<ReaderProvider session={undefined}>
				<SignInPage
					hasEnded={hasEnded.current}
					refusal={session.refusal?.kind === "signed_out" ? undefined : session.refusal}
					onSignedIn={session.reload}
				/>
			</ReaderProvider>
		);
	}
	return (
		<ReaderProvider session={known}>
			<Header place={place} onSignOut={signOut} />
			<main id="content" tabIndex={-1}>
				<Undrawn key={place.path} search={place.search}>
					<View place={place} />
				</Undrawn>
			</main>
			<Keys />
		</ReaderProvider>
	);
}

function View({ place }: { readonly place: { readonly path: string; readonly search: string } }) {
	const route = readRoute(place.path);
	const { search } = place;
	switch (route.page) {
		case "home":
			return <HomePage search={search} />;
		case "run":
			return <RunPage key={route.runId} runId={route.runId} search={search} />;
		case "task":
			return (
				<TaskPage
					key={`${route.runId} ${route.taskId}`}
					runId={route.runId}
					taskId={route.taskId}
				/>
			);
		case "matrix":
			return <MatrixPage search={search} />;
		case "audit":
			return <AuditPage search={search} />;
		case "incidents":
			return <IncidentsPage />;
		default:
			return <NothingHere />;
	}
}

function NothingHere() {
	const { words } = useReader();
	useTitle(words.states.notFound);
	return (
		<Empty title={words.states.notFound}>
			<a class="button" href="/">
				{words.states.notFoundNext}
			</a>
		</Empty>
	);
}

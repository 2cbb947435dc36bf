import { type ComponentChildren, createContext } from "preact";
import { useContext, useEffect, useMemo, useState } from "preact/hooks";
import type { Session } from "../api/shapes.ts";
import { chooseLanguage, type Language, type Words, wordsOf } from "../words/words.ts";

/** Who reads: language, zone and theme, and whether they may act. Kept in this browser and nowhere else. */
export const themes = ["auto", "light", "dark"] as const;
export type Theme = (typeof themes)[number];

export interface Reader {
	readonly language: Language;
	readonly words: Words;
	readonly timeZone: string;
	readonly theme: Theme;
	readonly session: Session | undefined;
	/** Undefined session: not known yet; nothing is offered that may be refused. */
	readonly mayAct: boolean;
	readonly setLanguage: (language: Language) => void;
	readonly setTheme: (theme: Theme) => void;
}

const ReaderContext = createContext<Reader | undefined>(undefined);

export function useReader(): Reader {
	const reader = useContext(ReaderContext);
	if (reader === undefined) throw new Error("there is no ReaderProvider above this view");
	return reader;
}

/** A browser may refuse its storage altogether; then nothing is kept. */
export function readKept(name: string): string | null {
	try {
		return localStorage.getItem(`daicho.${name}`);
	} catch {
		return null;
	}
}

export function keepForLater(name: string, value: string): void {
	try {
		localStorage.setItem(`daicho.${name}`, value);
	} catch {
		// It holds for this visit.
	}
}

export function ReaderProvider(props: {
	readonly session: Session | undefined;
	readonly children: ComponentChildren;
}) {
	const [language, setLanguage] = useState(() =>
		chooseLanguage(readKept("language"), navigator.languages),
	);
	const [theme, setTheme] = useState<Theme>(
		() => themes.find((one) => one === readKept("theme")) ?? "auto",
	);
	useEffect(() => {
		document.documentElement.lang = language;
	}, [language]);
	useEffect(() => {
		document.documentElement.dataset["theme"] = theme;
	}, [theme]);

	const reader = useMemo<Reader>(
		() => ({
			language,
			words: wordsOf[language],
			timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC",
			theme,
			session: props.session,
			mayAct: props.session?.role === "operator",
			setLanguage: (next) => {
				keepForLater("language", next);
				setLanguage(next);
			},
			setTheme: (next) => {
				keepForLater("theme", next);
				setTheme(next);
			},
		}),
		[language, theme, props.session],
	);
	return <ReaderContext.Provider value={reader}>{props.children}</ReaderContext.Provider>;
}

/** What a custom property comes to in this theme; a canvas does not know `var()`. */
export function colourOf(element: HTMLElement, name: string): string {
	const probe = document.createElement("i");
	probe.style.color = `var(--${name})`;
	// Where the system chooses colours, all would be one, and a cross on its square could not be seen.
	probe.style.setProperty("forced-color-adjust", "none");
	element.append(probe);
	const { color } = getComputedStyle(probe);
	probe.remove();
	return color;
}

/** Calls back when the theme turns, by the system or by hand. @returns what ends that */
export function watchTheme(onChange: () => void): () => void {
	const scheme = matchMedia("(prefers-color-scheme: dark)");
	scheme.addEventListener("change", onChange);
	const theme = new MutationObserver(onChange);
	theme.observe(document.documentElement, { attributeFilter: ["data-theme"] });
	return () => {
		scheme.removeEventListener("change", onChange);
		theme.disconnect();
	};
}

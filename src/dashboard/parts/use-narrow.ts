import { useEffect, useState } from "preact/hooks";

/** Where styles/narrow.css begins. */
const narrow = "(max-width: 720px)";

/** Whether the screen is a phone's, also while it is turned. */
export function useNarrow(): boolean {
	const [isNarrow, setNarrow] = useState(() => matchMedia(narrow).matches);
	useEffect(() => {
		const query = matchMedia(narrow);
		const look = () => setNarrow(query.matches);
		query.addEventListener("change", look);
		return () => query.removeEventListener("change", look);
	}, []);
	return isNarrow;
}

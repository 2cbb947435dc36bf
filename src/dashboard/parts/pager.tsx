import { formatCount } from "../format/spans.ts";
import { setQuery } from "../url/location.ts";
import { useReader } from "./reader.tsx";

/** Pages of a list that is all known; the page's number stands in the address. */
export function Pager(props: {
	readonly page: number;
	readonly pageSize: number;
	readonly total: number;
}) {
	const { words, language } = useReader();
	const { page, pageSize, total } = props;
	if (total <= pageSize) return null;
	const last = Math.ceil(total / pageSize);
	const count = (value: number) => formatCount(value, language);
	const to = Math.min(total, page * pageSize);
	return (
		<nav class="pager" aria-label={words.tasks.title}>
			<button
				type="button"
				class="button small"
				disabled={page <= 1}
				onClick={() => setQuery({ page: page === 2 ? null : page - 1 })}
			>
				← <span class="wide">{words.tasks.previous}</span>
			</button>
			<span class="num">
				{words.tasks.showing(count((page - 1) * pageSize + 1), count(to), count(total))}
			</span>
			<button
				type="button"
				class="button small"
				disabled={page >= last}
				onClick={() => setQuery({ page: page + 1 })}
			>
				<span class="wide">{words.tasks.next}</span> →
			</button>
		</nav>
	);
}

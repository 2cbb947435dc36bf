/** One or many of a countable word. */
export const s = (count: number, one: string, many = `${one}s`) => (count === 1 ? one : many);

/**
 * Whose guesses are counted together. Cloudflare sets `cf-connecting-ip` itself, whatever the caller sent; locally
 * workerd does. An IPv6 caller has a whole /64 of addresses, so that is taken for one.
 */
export function clientAddressOf(headers: Headers): string {
	const address = (headers.get("cf-connecting-ip") ?? "").trim().toLowerCase();
	const [, ipv4] = /^(?:::ffff:)?(\d{1,3}(?:\.\d{1,3}){3})$/.exec(address) ?? [];
	if (ipv4 !== undefined) return ipv4;
	if (!/^[0-9a-f:.]{2,45}$/.test(address) || !address.includes(":")) return "unknown";
	return networkOf(address);
}

/** The first four groups of an IPv6 address, with what `::` leaves out. */
function networkOf(address: string): string {
	const [head = "", tail] = address.split("::");
	const left = head === "" ? [] : head.split(":");
	const right = tail === undefined || tail === "" ? [] : tail.split(":");
	const zeros = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length);
	const groups = [...left, ...Array<string>(zeros).fill("0"), ...right].slice(0, 4);
	return `${groups.map((group) => group.replace(/^0+(?=.)/, "")).join(":")}::/64`;
}

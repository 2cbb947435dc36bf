import fc from "fast-check";

/**
 * Requests for fuzzing: each begins as a valid one of some route and is then bent in one to three places.
 *
 * Those that stay valid must not start many runs, so what starts one has an `Idempotency-Key`: the same request again
 * finds the run that it made.
 */
export interface PlainRequest {
	readonly method: string;
	/** Segments of the path, encoded as they are sent. */
	readonly path: readonly string[];
	readonly query: readonly string[];
	readonly headers: Readonly<Record<string, string>>;
	readonly body: Buffer | null;
}

export interface KnownThings {
	readonly adminToken: string;
	/** A sealed run first. */
	readonly runIds: readonly string[];
	readonly taskId: string;
}

type Mutation = (request: PlainRequest) => PlainRequest;

const prototypeKeys = ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty"];
/** Of workerd's list: it refuses others itself. */
const methods = [
	...["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"],
	...["PROPFIND", "PURGE", "MKCOL", "SEARCH", "REPORT"],
];
const parameters = ["job", "state", "verdict", "limit", "cursor", "runs", "search"];

/** Valid requests, one or more a route. */
function validRequests({ adminToken, runIds, taskId }: KnownThings): PlainRequest[] {
	const authorization = `Bearer ${adminToken}`;
	const get = (path: string, ...query: string[]): PlainRequest => ({
		method: "GET",
		path: path.split("/").slice(1),
		query,
		headers: { authorization },
		body: null,
	});
	const post = (path: string, body: unknown): PlainRequest => ({
		method: "POST",
		path: path.split("/").slice(1),
		query: [],
		headers: {
			authorization,
			"content-type": "application/json",
			"idempotency-key": "of-the-mutated",
		},
		body: Buffer.from(JSON.stringify(body)),
	});
	const window = { from: "2026-11-22T00:00:00Z", to: "2026-11-22T01:00:00Z" };
	return [
		get("/healthz"),
		get("/api/runs", "limit=2", "state=sealed"),
		get("/api/runs", "job=collect-clips", "verdict=succeeded", `cursor=1795454102123_${runIds[0]}`),
		get("/api/runs/latest", "job=collect-clips"),
		get("/api/session"),
		get("/api/audit", "limit=2", "cursor=1795454102123-5f2c9a0d41b7e863"),
		get("/api/matrix", "job=collect-clips", "runs=2", "limit=1", "search=1", "cursor=0"),
		...runIds.flatMap((runId) => [
			get(`/api/runs/${runId}`),
			get(`/api/runs/${runId}/grid`),
			get(`/api/runs/${runId}/live`),
			get(`/api/runs/${runId}/tasks`, "state=succeeded", "limit=1", `cursor=${taskId}`),
			get(`/api/runs/${runId}/tasks/${taskId}`),
			post(`/api/runs/${runId}/rerun`, { scope: "all", dryRun: true }),
			post(`/api/runs/${runId}/rerun`, { scope: "selection", taskIds: [taskId], dryRun: true }),
			post(`/api/runs/${runId}/rerun`, {
				scope: "cause",
				fingerprint: "twitch-http-404",
				dryRun: true,
			}),
		]),
		{ ...post(`/api/runs/${runIds[0]}/cancel`, {}), body: null },
		post("/api/runs", { job: "collect-clips", taskIds: [taskId], window }),
	];
}

const strangeText = fc.oneof(
	fc.string({ unit: "binary", maxLength: 30 }),
	fc.string({ unit: "grapheme", maxLength: 30 }),
	fc.constantFrom(
		"",
		" ",
		"\0",
		"-1",
		"1e9",
		"NaN",
		"null",
		"../..",
		"'; DROP TABLE runs; --",
		"%s",
	),
	fc.constantFrom(
		"9".repeat(400),
		"x".repeat(5_000),
		"\ufeff",
		"\ud800",
		"٣",
		"½",
		...prototypeKeys,
	),
);

/** Percent-encoded, partly encoded twice, or with escapes that mean nothing. */
const strangeSegment = fc.oneof(
	strangeText.map((text) => encodeURIComponent(text.toWellFormed())),
	strangeText.map((text) => encodeURIComponent(encodeURIComponent(text.toWellFormed()))),
	fc.constantFrom(
		"%ff",
		"%c3%28",
		"%",
		"%zz",
		"%00",
		"%2f",
		"..%2f..",
		".",
		"..",
		";a=b",
		"*",
		":runId",
	),
	fc.constantFrom("collect-clips-20261123T1700Z", "collect-clips-99999999T9999Z-r999999", "latest"),
);

const strangeQuery = fc.oneof(
	fc.tuple(fc.constantFrom(...parameters), strangeSegment).map((pair) => pair.join("=")),
	fc.tuple(strangeSegment, strangeSegment).map((pair) => pair.join("=")),
	strangeSegment,
	fc.constantFrom("limit=1", "limit=1&limit=2", "dryRun=true", "&&", "=", "job[]=collect-clips"),
);

/** Latin-1, as bytes of a header may be; Node refuses to send the rest. */
const strangeHeader = fc.oneof(
	fc.string({
		unit: fc
			.integer({ min: 0x20, max: 0xff })
			.filter((c) => c !== 0x7f)
			.map((c) => String.fromCharCode(c)),
		maxLength: 40,
	}),
	fc.constantFrom("", " ", "*", '""', 'W/"', ",,,", "x".repeat(300), '"a", "b', "\t", "\xff\xfe"),
);
const strangeHeaders = fc.oneof(
	fc.tuple(
		fc.constantFrom(
			"authorization",
			"idempotency-key",
			"if-none-match",
			"content-type",
			"accept",
			"cookie",
			"cf-ray",
			"x-forwarded-for",
			"content-encoding",
			"range",
			"origin",
			"upgrade",
			"sec-fetch-site",
			"cf-access-jwt-assertion",
		),
		strangeHeader,
	),
	fc.tuple(
		fc.constant("authorization"),
		fc.constantFrom(
			"Bearer",
			"Bearer  ",
			"bearer x",
			"Basic YTpi",
			"Bearer a b",
			"Bearer \xe9\xff",
		),
	),
	fc.tuple(
		fc.constant("content-type"),
		fc.constantFrom(
			"text/plain",
			"application/json; charset=utf-16",
			"application/jsonp",
			"application/json, text/html",
			"multipart/form-data; boundary=x",
			"APPLICATION/JSON",
		),
	),
);

/** Values of every JSON type where a valid body has another, with keys that mean something to an engine. */
const strangeValue = fc.oneof(
	fc.jsonValue({ maxDepth: 3 }),
	strangeText,
	fc.constantFrom<unknown>(1e308, -0, 2 ** 53, 1e-320, true, null, [], {}, [[[[]]]], ["1", null]),
	fc.constantFrom<unknown>(
		"2026-02-30T00:00:00Z",
		{ from: "0000-01-01T00:00:00Z", to: "0000-01-02T00:00:00Z" },
		{ from: "2099-12-31T23:59:58Z", to: "2099-12-31T23:59:59Z", __proto: 1 },
	),
);
const field = fc.constantFrom(
	"job",
	"taskIds",
	"window",
	"scope",
	"dryRun",
	"force",
	...prototypeKeys,
);

/** Written by hand: `JSON.stringify` of an object cannot say `__proto__` twice, or at all. */
const strangeJson = fc
	.array(fc.tuple(field, strangeValue), { maxLength: 4 })
	.map(
		(pairs) =>
			`{${pairs.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(",")}}`,
	);

const strangeBody: fc.Arbitrary<Buffer> = fc.oneof(
	strangeJson.map((text) => Buffer.from(text)),
	strangeJson.map((text) => Buffer.from(`\ufeff${text}`)),
	strangeJson.map((text) => Buffer.from(text, "utf16le")),
	strangeJson.map((text) =>
		Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, "utf16le")]),
	),
	strangeJson.map((text) => Buffer.from(text.slice(0, -1))),
	fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
	fc.jsonValue().map((value) => Buffer.from(JSON.stringify(value))),
	fc
		.constantFrom(
			"[".repeat(100_000),
			'{"job":'.repeat(20_000),
			`{"job":${"9".repeat(5_000)}}`,
			'{"job":"\0"}',
			'{"job":"\\ud800"}',
			"1e999",
			'{"a":1,}',
		)
		.map((text) => Buffer.from(text)),
);

const tooLarge = fc
	.constantFrom(256 * 1_024 + 1, 300_000)
	.map((length) => Buffer.alloc(length, 0x20));

function mutation(): fc.Arbitrary<Mutation> {
	const at = fc.nat({ max: 20 });
	const replaceAt = <T>(list: readonly T[], index: number, value: T) =>
		list.length === 0 ? [value] : list.with(index % list.length, value);
	return fc.oneof(
		{
			weight: 2,
			arbitrary: fc.constantFrom(...methods).map(
				(method): Mutation =>
					(request) => ({ ...request, method }),
			),
		},
		{
			weight: 3,
			arbitrary: fc.tuple(at, strangeSegment).map(
				([index, segment]): Mutation =>
					(request) => ({ ...request, path: replaceAt(request.path, index, segment) }),
			),
		},
		{
			weight: 1,
			arbitrary: strangeSegment.map(
				(segment): Mutation =>
					(request) => ({ ...request, path: [...request.path, segment] }),
			),
		},
		{
			weight: 1,
			arbitrary: fc.nat({ max: 4 }).map(
				(length): Mutation =>
					(request) => ({ ...request, path: request.path.slice(0, length) }),
			),
		},
		{
			weight: 2,
			arbitrary: strangeQuery.map(
				(part): Mutation =>
					(request) => ({ ...request, query: [...request.query, part] }),
			),
		},
		{
			weight: 3,
			arbitrary: fc.tuple(at, strangeQuery).map(
				([index, part]): Mutation =>
					(request) => ({ ...request, query: replaceAt(request.query, index, part) }),
			),
		},
		{
			weight: 3,
			arbitrary: strangeHeaders.map(
				([name, value]): Mutation =>
					(request) => ({ ...request, headers: { ...request.headers, [name]: value } }),
			),
		},
		{
			weight: 1,
			arbitrary: fc.constantFrom("authorization", "content-type", "idempotency-key").map(
				(name): Mutation =>
					(request) => ({
						...request,
						headers: Object.fromEntries(
							Object.entries(request.headers).filter(([one]) => one !== name),
						),
					}),
			),
		},
		{
			weight: 6,
			arbitrary: strangeBody.map(
				(body): Mutation =>
					(request) => ({ ...request, body }),
			),
		},
		{
			weight: 1,
			arbitrary: tooLarge.map(
				(body): Mutation =>
					(request) => ({ ...request, body: request.method === "POST" ? body : null }),
			),
		},
	);
}

/** Beside the API there is the ledger page, whose files the platform serves, and refuses, in its own way. */
export function isOfApi({ path }: PlainRequest): boolean {
	const { pathname } = new URL(`http://daicho.example/${path.join("/")}`);
	return /^\/(api(\/|$)|healthz$)/.test(pathname);
}

/** The platform's server of files hangs up on a large body, which it does not read; at times that overtakes its 405. */
const unreadBytes = 65_536;

function spareThePlatform(request: PlainRequest): PlainRequest {
	const isUnread = (request.body?.length ?? 0) > unreadBytes && !isOfApi(request);
	return isUnread ? { ...request, body: null } : request;
}

export function mutatedRequest(known: KnownThings): fc.Arbitrary<PlainRequest> {
	return fc
		.tuple(
			fc.constantFrom(...validRequests(known)),
			fc.array(mutation(), { minLength: 1, maxLength: 3 }),
		)
		.map(([request, mutations]) =>
			spareThePlatform(mutations.reduce((bent, bend) => bend(bent), request)),
		);
}

/**
 * Every number of the platform and of Twitch that the code relies on, with its unit and source.
 * Numbers of our own that an operator may change are in config.ts.
 */

/** Connections of one invocation that may wait for response headers; a 7th would queue. developers.cloudflare.com/workers/platform/limits */
export const connectionsMax = 6;

/** Messages in one `sendBatch`. developers.cloudflare.com/queues/platform/limits */
export const sendBatchMessagesMax = 100;

/** Bytes in one `sendBatch`, with room left below the platform's 256 KB for what each message is wrapped in. Same page. */
export const sendBatchBytesMax = 200_000;

/** Queue operations that a message costs: one each to write, read and delete up to 64 KB. developers.cloudflare.com/queues/platform/pricing */
export const queueOperationsPerMessage = 3;

/** Bytes of one string in D1 are at most 2 MB; a bulk parameter stays well below. developers.cloudflare.com/d1/platform/limits */
export const bulkParameterCharactersMax = 500_000;

/** Milliseconds after which D1 ends a query, and a whole `batch()`. Same page. */
export const d1BatchMsMax = 30_000;

/** D1 queries of one invocation on the Free plan are 50; a seal does fewer and goes on in the next alarm. Same page. */
export const sealChunksPerAlarmMax = 20;

/** Clips in one answer of Get Clips (`first`). dev.twitch.tv/docs/api/reference#get-clips */
export const clipsPerPageMax = 100;

/** Get Clips lists about 1,000 clips of a window and then goes round for ever (twitchdev/issues 1188): stop after this page. */
export const clipPagesMax = 11;

/** A window that lists so many clips may have more: Twitch ends at about 1,000, and what was deleted counts among them. */
export const clipsListedMax = 900;

/** Window edges were seen rounded down to 10 minutes (twitchdev/issues 52, 521), so ask on them. In milliseconds. */
export const clipWindowEdgeMs = 600_000;

/** Runs in one answer of the API: each open one among them is asked for, and an invocation may call so many objects. Ours. */
export const listRunsMax = 100;

/** Runs in one matrix: two days of an hourly job. Ours. */
export const matrixRunsMax = 48;

/** Tasks in one answer of the matrix. Ours: about 80 KB of JSON. */
export const matrixRowsMax = 500;

/** Rows of `run_tasks` that one matrix may show, each of which counts as two read: D1 on the Free plan reads 5 million a day. With more tasks it has fewer runs. Ours. */
export const matrixCellsMax = 100_000;

/** Open incidents in one answer of the API, and past ones. Ours: each is read with what was told of it. */
export const incidentsMax = 50;

/** Entries of the audit log in one answer of the API. Ours: about 30 KB of JSON. */
export const listAuditMax = 100;

/** Tasks in one answer of the API. Ours: about 300 KB of JSON. */
export const listTasksMax = 500;

// The history: pages of it, one entry of it, all of it as a file; its proof, and the way back.
import { api, unwrap } from './api';
import type { Named } from './once';
import { pages, type Pages } from './pages';
import type { ChangeDocument, HistoryEntry, Verdict } from './types';

export interface HistoryFilter {
	environment?: string;
	name?: string;
	changed_by?: string;
	since?: string;
	until?: string;
}

export const historyList = (filter: HistoryFilter): Pages<HistoryEntry> =>
	pages(async (cursor, limit) => {
		const query = { ...filter, limit, ...(cursor === null ? {} : { cursor }) };
		const { entries, next_cursor } = await unwrap(api.GET('/history', { params: { query } }));
		return { items: entries, next: next_cursor };
	});

/** The latest changes of a parameter, newest first. */
export const historyOf = async (environment: string, name: string, limit: number): Promise<HistoryEntry[]> =>
	(await unwrap(api.GET('/history', { params: { query: { environment, name, limit } } }))).entries;

/** The entry with this number, which was made at about this time; null where there is none, or no such time. */
export async function historyEntry(id: number, at: string): Promise<HistoryEntry | null> {
	if (Number.isNaN(Date.parse(at))) return null;
	const until = new Date(Date.parse(at) + 1000).toISOString();
	const query = { since: at, until, limit: 200 };
	const { entries } = await unwrap(api.GET('/history', { params: { query } }));
	return entries.find((entry) => entry.id === id) ?? null;
}

/** The entry that an applied change set became. */
export async function entryOf(change: number): Promise<HistoryEntry | null> {
	const { entries } = await unwrap(api.GET('/history', { params: { query: { change_id: change } } }));
	return entries[0] ?? null;
}

export const verify = (environment: string): Promise<Verdict> =>
	unwrap(api.GET('/history/verify', { params: { query: { environment } } }));

/** To the values that an entry set, or to those that were there before it. */
export type Side = 'after' | 'before';

export const restore = (id: number, to: Side, base: number, reason: string, as: Named): Promise<ChangeDocument> =>
	unwrap(
		api.POST('/history/{id}/restore', {
			params: { path: { id }, header: { 'If-Match': `"${base}"` } },
			headers: as,
			body: to === 'before' ? { reason, to } : { reason },
		}),
	);

/** All entries under the filter, as the server writes them for programs. */
export const historyFile = (filter: HistoryFilter, type: 'text/csv' | 'application/x-ndjson'): Promise<Blob> =>
	unwrap(api.GET('/history', { params: { query: filter }, headers: { Accept: type }, parseAs: 'blob' }));

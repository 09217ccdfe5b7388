// Change sets: one by its number, lists by what they are filtered by, and those that wait for a decision anywhere.
import { computed } from '@preact/signals';
import { api, unwrap } from './api';
import { pages, type Pages } from './pages';
import { resources } from './resource';
import { mayDecide } from './permission';
import type { Change, ChangeDocument, ChangeState } from './types';

export interface ChangeFilter {
	environment?: string;
	state?: ChangeState;
	created_by?: string;
}

export const changeList = (filter: ChangeFilter): Pages<Change> =>
	pages(async (cursor, limit) => {
		const query = { ...filter, limit, ...(cursor === null ? {} : { cursor }) };
		const { changes, next_cursor } = await unwrap(api.GET('/changes', { params: { query } }));
		return { items: changes, next: next_cursor };
	});

export const changeSets = resources<ChangeDocument>((id) =>
	unwrap(api.GET('/changes/{id}', { params: { path: { id: Number(id) } } })),
);

/** What waits for approval, wherever one holds a role. */
export const pendingChanges = changeList({ state: 'pending_approval' });

/** Of these, what the operator who is here may decide. */
export const decisions = computed<Change[]>(() => (pendingChanges.value.value ?? []).filter(mayDecide));

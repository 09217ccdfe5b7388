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

export function changeList(filter: ChangeFilter, pageSize?: number): Pages<Change> {
	async function read(cursor: string | null, limit: number) {
		const query = { ...filter, limit, ...(cursor === null ? {} : { cursor }) };
		const { changes, next_cursor } = await unwrap(api.GET('/changes', { params: { query } }));
		return { items: changes, next: next_cursor };
	}
	return pages(read, pageSize);
}

export const changeSets = resources<ChangeDocument>((id) =>
	unwrap(api.GET('/changes/{id}', { params: { path: { id: Number(id) } } })),
);

/** What waits for approval, wherever one holds a role. Many at once, since it is counted and looked up by parameter. */
export const pendingChanges = changeList({ state: 'pending_approval' }, 200);

/** Of these, what the operator who is here may decide. */
export const decisions = computed<Change[]>(() => (pendingChanges.value.value ?? []).filter(mayDecide));

/** How many those are, as far as they have been read; null: nothing has been read, so nobody knows. */
export const decisionCount = computed(() =>
	pendingChanges.value.value === null
		? null
		: `${decisions.value.length}${pendingChanges.more.value && decisions.value.length > 0 ? '+' : ''}`,
);

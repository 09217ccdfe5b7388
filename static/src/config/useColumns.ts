import { useEffect, useMemo } from 'preact/hooks';
import { environments } from '../data/stores';
import { choices, chosen } from './columns';
import { columnIds, spellColumns } from './view';

/** The columns that can be chosen, and those that are: the same ones while nothing about them changes. */
export function useColumns(env: string) {
	const names = environments.value.value?.map(({ environment }) => environment).join(' ') ?? '';
	const offered = useMemo(() => choices(env, names.split(' ').filter(Boolean)), [env, names]);
	const ids = columnIds.value;
	const columns = useMemo(() => chosen(offered, ids), [offered, ids]);
	// What one likes is in the address from the start, so that who is sent it sees the same.
	useEffect(() => spellColumns(), [env]);
	return { offered, columns };
}

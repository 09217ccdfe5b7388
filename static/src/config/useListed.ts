import { useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { findColumn, type Column } from './columns';
import { inOrder, namesOf, sorted, ungrouped } from './order';
import { groups, type Group, type Row } from './rows';
import { sort } from './view';

interface Listed {
	/** All rows, as they come one after the other. */
	listed: readonly Row[];
	groups: readonly Group[];
	/** What was asked for: another one is another list. */
	question: string;
	/** Sorts again, where values have moved so far that it would give another order. */
	again: (() => void) | null;
}

/**
 * The rows by group and name, or by a column. An order by values is made when one asks for it, and kept while values
 * change under it: what is saved elsewhere must not move the row that somebody is about to press.
 */
export function useListed(rows: readonly Row[], offered: readonly Column[], stamp: string): Listed {
	const asked = useSignal(0);
	const kept = useRef({ question: '', names: [] as readonly string[] });
	const by = sort.value;
	const column = by === null ? undefined : findColumn(offered, by.by);
	const besides = column?.besides?.();
	useEffect(() => column?.load?.(), [column]);
	const ready = besides !== undefined;
	const question = by && column ? [stamp, by.by, by.down, ready, asked.value].join(' ') : stamp;
	return useMemo(() => {
		if (!by || !column) {
			const grouped = groups(rows);
			return { listed: grouped.flatMap((group) => group.rows), groups: grouped, question, again: null };
		}
		const fresh = sorted(rows, column.key, by.down);
		if (kept.current.question !== question) kept.current = { question, names: namesOf(fresh) };
		const listed = inOrder(rows, kept.current.names);
		const moved = listed.some((row, i) => row !== fresh[i]);
		return { listed, groups: ungrouped(listed), question, again: moved ? () => (asked.value += 1) : null };
	}, [rows, question, besides]);
}

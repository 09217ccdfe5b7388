import { useEffect } from 'preact/hooks';
import { lazy } from '../app/lazy';
import { query, setQuery } from '../app/router';
import type { Core } from '../core';
import type { Catalog, Configuration, Rule } from '../data/types';
import { modeOf } from './bulk';
import type { Row } from './rows';
import type { Selection } from './selection';

const BulkSheet = lazy(async () => (await import('./BulkSheet')).BulkSheet);

interface Props {
	env: string;
	rows: readonly Row[];
	live: Configuration;
	catalog: Catalog;
	rules: readonly Rule[] | null;
	core: Core | null;
	selection: Selection;
}

const end = () => setQuery('bulk', '');

/** What is done to all that is picked, while the address asks for it and something is. */
export function BulkDialog({ env, rows, live, catalog, rules, core, selection }: Props) {
	const text = query.value.get('bulk');
	const mode = modeOf(text);
	const none = rows.length === 0;
	useEffect(() => {
		if (text !== null && (none || mode === null)) end();
	}, [text, none]);
	if (mode === null || none || !core || !rules) return null;
	return (
		<BulkSheet
			env={env}
			mode={mode}
			rows={rows}
			live={live}
			catalog={catalog}
			rules={rules}
			core={core}
			onLeaveOut={selection.remove}
			onClose={end}
			onStaged={() => {
				selection.clear();
				end();
				// What is staged is what comes next.
				setTimeout(() => document.querySelector<HTMLElement>('.tray .primary')?.focus());
			}}
		/>
	);
}

import { setQuery } from '../app/router';
import { announce } from '../app/announce';
import { missing } from '../data/permission';
import { Icon } from '../ui/Icon';
import type { Mode } from './bulk';
import { copyJson, copyRows } from './clipboard';
import type { Column } from './columns';
import type { Row } from './rows';

const verbs: Record<Mode, string> = {
	set: 'Set a value',
	default: 'Reset to default',
	copy: 'Copy from an environment',
};

/** What is picked, and what can be done with all of it. */
export function BulkBar({
	env,
	rows,
	hidden,
	columns,
	onClear,
}: {
	env: string;
	rows: readonly Row[];
	/** How many of them the filter does not list. */
	hidden: number;
	columns: readonly Column[];
	onClear: () => void;
}) {
	if (rows.length === 0) return null;
	const why = missing('editor', env, 'Changing values');
	return (
		<section class="tray bulk" aria-label="Selected parameters">
			<p>
				<b>{rows.length} selected</b>
				{hidden > 0 && <span class="dim">{hidden} not listed now</span>}
			</p>
			{(Object.keys(verbs) as Mode[]).map((mode) => (
				<button
					key={mode}
					type="button"
					aria-disabled={why !== null}
					title={why ?? undefined}
					onClick={() => (why === null ? setQuery('bulk', mode, 'push') : announce(why))}
				>
					{verbs[mode]}
				</button>
			))}
			<span class="grow" />
			<button type="button" class="quiet" onClick={() => void copyRows(rows, columns)}>
				<Icon name="copy" />
				Copy rows
			</button>
			<button type="button" class="quiet" onClick={() => void copyJson(env, rows)}>
				<Icon name="copy" />
				<span class="visually-hidden">Copy </span>as JSON
			</button>
			<button
				type="button"
				class="quiet"
				onClick={() => {
					onClear();
					// The bar goes, and what had the focus with it.
					document.getElementById('main')?.focus({ preventScroll: true });
				}}
			>
				Clear
			</button>
		</section>
	);
}

import { query, setQuery } from '../app/router';
import { announce } from '../app/announce';
import { plural } from '../text/words';
import { copyCell, copyRows } from './clipboard';
import type { Column } from './columns';
import type { Row } from './rows';
import type { Selection } from './selection';
import type { Acts } from './tableKeys';

interface Of {
	/** The parameter that the address is the page of. */
	wanted: string | null;
	listed: readonly string[];
	rows: readonly Row[];
	columns: readonly Column[];
	selection: Selection;
}

/** Said in the address of a parameter's own page while its detail is closed; parameters are in capitals. */
const closed = 'none';

/** What keys and presses in the table do. */
export function useActs({ wanted, listed, rows, columns, selection }: Of): Acts & { opened: string | null } {
	const opened = query.value.get('detail') ?? wanted;
	const nothing = wanted === null ? '' : closed;
	const find = (name: string) => rows.find(({ variable }) => variable.name === name);
	const said = () => announce(`${plural(selection.names.peek().size, 'parameter')} selected`);
	return {
		opened,
		toggle(name) {
			selection.toggle(name);
			said();
		},
		extend(name) {
			selection.extend(name, listed);
			said();
		},
		all() {
			selection.add(listed);
			said();
		},
		flip(names) {
			selection.flip(names);
			said();
		},
		clear() {
			if (selection.names.peek().size === 0) return false;
			selection.clear();
			said();
			return true;
		},
		detail(name, open = opened !== name) {
			if (open !== (opened === name)) setQuery('detail', open ? name : nothing);
		},
		copy(name) {
			const row = find(name);
			if (row) void copyCell(row);
		},
		copyRow(name) {
			const row = find(name);
			if (row) void copyRows([row], columns);
		},
	};
}

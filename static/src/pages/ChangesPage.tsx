import { query } from '../app/router';
import { Decisions } from '../changes/Decisions';
import { FilteredChanges } from '../changes/FilteredChanges';
import { defaultView, isView, views } from '../changes/views';
import { decisionCount } from '../data/changes';
import { useFirstRowKey } from '../ui/rowKeys';
import { Views } from '../ui/Views';

const told = (waiting: string): string =>
	waiting === '0'
		? 'Nothing waits for your decision'
		: waiting === '1'
			? '1 change waits for your decision'
			: `${waiting} changes wait for your decision`;

/** The inbox: what waits for me, what I asked for, and everything. */
export function ChangesPage() {
	const named = query.value.get('view');
	const view = isView(named) ? named : defaultView();
	const waiting = decisionCount.value;
	useFirstRowKey('a.change-link');
	return (
		<>
			<div class="head">
				<div>
					<h1>Changes</h1>
					<p class="sub">
						{waiting === null ? '\u00a0' : told(waiting)}
					</p>
				</div>
			</div>
			<Views
				label="Which changes"
				chosen={view}
				of={Object.entries(views).map(([name, label]) =>
					name === 'decide' && waiting !== null ? { name, label, count: waiting } : { name, label },
				)}
			/>
			{view === 'decide' ? <Decisions /> : <FilteredChanges mine={view === 'mine'} key={view} />}
		</>
	);
}

import { catalog, workers } from '../data/stores';
import type { ChangeDocument } from '../data/types';
import { setNoValue } from '../text/words';
import { DiffTable } from '../ui/DiffTable';
import { Loaded } from '../ui/Loaded';
import { ChangeHead } from './ChangeHead';
import { ChangeProgress } from './ChangeProgress';
import type { Place } from './ChangeView';
import { Events } from './Events';
import { Outcome } from './Outcome';
import { criticalOf, variablesByName } from './variables';

/** A change that was applied or given up: what it did, as it was stored, and how far it has come. */
export function ClosedChange({ change, titleId, level }: { change: ChangeDocument } & Place) {
	const variables = variablesByName(catalog.value.value);
	return (
		<article class="change" data-state={change.state}>
			<ChangeHead change={change} titleId={titleId} level={level} />
			<div class="change-what">
				{change.diff.length > 0 ? (
					<DiffTable diff={change.diff} variables={variables} critical={criticalOf(change, variables)} />
				) : (
					<p class="dim">{setNoValue(change)}</p>
				)}
				{change.version !== null && (
					<Loaded of={workers} what="the workers">
						{(all) => <ChangeProgress change={change} workers={all} />}
					</Loaded>
				)}
			</div>
			<div class="change-side">
				<Outcome change={change} />
			</div>
			<section class="change-events" aria-label="What happened">
				<h2 class="section">What happened</h2>
				<Events change={change} />
			</section>
		</article>
	);
}

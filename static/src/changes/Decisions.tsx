import { query } from '../app/router';
import { decisions, pendingChanges } from '../data/changes';
import { ownChange } from '../data/permission';
import { holdsAnywhere } from '../data/session';
import { useFresh } from '../data/useFresh';
import { plural } from '../text/words';
import { Loaded } from '../ui/Loaded';
import { More } from '../ui/More';
import { NoRole } from '../ui/NoRole';
import { Placeholder } from '../ui/Placeholder';
import { rowKeys } from '../ui/rowKeys';
import { EnvironmentFilter } from './EnvironmentFilter';
import { DecisionCard } from './DecisionCard';

const move = rowKeys('a.change-link');

/** What waits for whoever is here, oldest first: who asked has waited longest. */
export function Decisions() {
	useFresh(pendingChanges);
	const env = query.value.get('environment') ?? '';
	const mine = decisions.value
		.filter(({ environment }) => env === '' || environment === env)
		.sort((a, b) => a.id - b.id);
	return (
		<>
			{!holdsAnywhere('approver') && (
				<NoRole text="Deciding needs the role approver in the environment of the change; you hold it in none." />
			)}
			<Loaded of={pendingChanges} what="what waits for approval">
				{(pending) => (
					<>
						{pending.length > 0 && (
							<div class="filters" role="group" aria-label="Filters">
								<EnvironmentFilter />
							</div>
						)}
						{mine.length > 0 ? (
							<ul class="decisions" onKeyDown={move} aria-label={`${plural(mine.length, 'change')} to decide on`}>
								{mine.map((change) => (
									<li key={change.id}>
										<DecisionCard change={change} />
									</li>
								))}
							</ul>
						) : (
							<Nothing others={pending.length} own={pending.filter(ownChange).length} />
						)}
						{pendingChanges.more.value && <More of={pendingChanges} what="waiting change" />}
					</>
				)}
			</Loaded>
		</>
	);
}

function Nothing({ others, own }: { others: number; own: number }) {
	if (others === 0)
		return (
			<Placeholder title="Nothing waits for approval">
				<p>A change of a critical parameter shows up here when somebody submits it.</p>
			</Placeholder>
		);
	return (
		<Placeholder title="Nothing waits for your decision">
			<p>
				{plural(others, 'change')} {others === 1 ? 'waits' : 'wait'} for somebody else
				{own > 0 && `, ${own} of them ${own === 1 ? 'is' : 'are'} yours`}.{' '}
				<a href="/changes?view=all&state=pending_approval">Show them</a>
			</p>
		</Placeholder>
	);
}

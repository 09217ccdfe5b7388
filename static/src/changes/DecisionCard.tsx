import { useEffect } from 'preact/hooks';
import { address } from '../app/pattern';
import { catalog } from '../data/stores';
import type { Change } from '../data/types';
import { lookOf } from '../text/environment';
import { Ago } from '../ui/Ago';
import { DiffTable } from '../ui/DiffTable';
import { EnvBadge } from '../ui/EnvBadge';
import { Icon } from '../ui/Icon';
import { criticalOf, variablesByName } from './variables';

/** A change that waits for a decision, whole: one reads it here and decides on its page. */
export function DecisionCard({ change }: { change: Change }) {
	const { id, environment, reason, created_by, edited_by, submitted_at, diff } = change;
	useEffect(() => catalog.ensure(), []);
	const variables = variablesByName(catalog.value.value);
	const critical = criticalOf(change, variables);
	return (
		<article class={`decision tone-${lookOf(environment).tone}`} data-change={id}>
			<header>
				<h2>
					<EnvBadge name={environment} />
					<a class="change-link" href={address('changes', String(id))}>
						<span class="num">#{id}</span> {reason}
					</a>
				</h2>
				<p class="dim">
					{created_by}
					{edited_by !== null && edited_by !== created_by && `, edited by ${edited_by}`} asked{' '}
					{submitted_at !== null && <Ago at={submitted_at} />}
					<a class="decide" href={address('changes', String(id))} aria-label={`Decide on change ${id}`}>
						Decide
						<Icon name="right" />
					</a>
				</p>
			</header>
			<DiffTable
				diff={diff}
				variables={variables}
				critical={critical}
				caption={`What change ${id} changes`}
			/>
		</article>
	);
}

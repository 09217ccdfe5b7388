import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { session } from '../data/session';
import { catalog, findEnvironment, workers } from '../data/stores';
import type { ChangeDocument } from '../data/types';
import { useFresh } from '../data/useFresh';
import { DiffTable } from '../ui/DiffTable';
import { Loaded } from '../ui/Loaded';
import { BaseMoved } from './BaseMoved';
import { ChangeActions } from './ChangeActions';
import { ChangeFacts } from './ChangeFacts';
import { ChangeHead } from './ChangeHead';
import type { Place } from './ChangeView';
import { ChangeWorkers } from './ChangeWorkers';
import { ContentMoved } from './ContentMoved';
import { EditSheet } from './EditSheet';
import { Events } from './Events';
import { movedOf, planOf } from './standing';
import { criticalOf, variablesByName } from './variables';

/** Whoever moved it themselves knows what it is now. */
const movedByMe = ({ events }: ChangeDocument) =>
	events.filter(({ event }) => event === 'edit' || event === 'rebase').at(-1)?.actor === session.value?.login;

const lookAt = ({ content_hash, diff }: ChangeDocument) => ({ hash: content_hash ?? '', diff });

/** A draft, or what waits for approval: what it would do now, and what can be done with it. */
export function OpenChange({ change, titleId, level }: { change: ChangeDocument } & Place) {
	const plan = useMemo(() => planOf(change), [JSON.stringify(change.changes)]);
	useFresh(plan, 'config_changed', 'catalog_changed', 'freeze_window', 'worker_status');
	const seen = useSignal(lookAt(change));
	const editing = useSignal(false);
	const closeEditor = () => {
		editing.value = false;
	};
	const variables = variablesByName(catalog.value.value);
	const planned = plan.value.value;
	const moved = planned ? movedOf(change, planned) : [];
	const edited = change.content_hash !== seen.value.hash && !movedByMe(change);
	const read = () => {
		seen.value = lookAt(change);
	};
	const here = (workers.value.value ?? []).filter(({ environment }) => environment === change.environment);
	const critical = planned ? planned.critical : criticalOf(change, variables);

	useEffect(() => {
		if (!edited) read();
	}, [change.content_hash]);

	return (
		<article class="change" data-state={change.state}>
			<ChangeHead change={change} titleId={titleId} level={level} />
			<div class="change-what">
				{edited && (
					<ContentMoved change={change} seen={seen.value} onRead={read} />
				)}
				{moved.length > 0 && <BaseMoved change={change} moved={moved} variables={variables} />}
				<DiffTable diff={change.diff} variables={variables} critical={critical} />
				<h2 class="section">What it will do</h2>
				<Loaded of={plan} what="what it would do">
					{(one) => (
						<div class="facts">
							<ChangeFacts change={change} plan={one} />
							{here.length > 0 && one.diff.length > 0 && <ChangeWorkers plan={one} workers={here} />}
						</div>
					)}
				</Loaded>
			</div>
			<div class="change-side">
				<ChangeActions
					circumstances={{
						change,
						plan: planned,
						moved,
						environment: findEnvironment(change.environment),
						edited,
					}}
					hash={edited ? seen.value.hash : (change.content_hash ?? '')}
					onEdit={() => {
						editing.value = true;
					}}
				/>
			</div>
			<section class="change-events" aria-label="What happened">
				<h2 class="section">What happened</h2>
				<Events change={change} />
			</section>
			{editing.value && (
				<EditSheet
					change={change}
					onClose={closeEditor}
					onDone={closeEditor}
				/>
			)}
		</article>
	);
}

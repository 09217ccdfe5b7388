import { useEffect } from 'preact/hooks';
import { workIn } from '../app/current';
import { changeSets } from '../data/changes';
import { catalog, configurations, environments, workers } from '../data/stores';
import { useFresh } from '../data/useFresh';
import { Loaded } from '../ui/Loaded';
import { ClosedChange } from './ClosedChange';
import { NoChange } from './NoChange';
import { OpenChange } from './OpenChange';
import { isOpen } from './standing';

/** Where it stands: a page of its own, or a sheet over the editor. */
export interface Place {
	titleId: string;
	level: 1 | 2;
}

/** A change set, from proposal to the last worker. */
export function ChangeView({ id, titleId = 'change-title', level = 1 }: { id: string } & Partial<Place>) {
	const change = changeSets.of(id);
	useFresh(change, 'change_state', 'config_changed');
	useEffect(() => {
		for (const needed of [catalog, environments, workers]) needed.ensure();
	}, []);
	const environment = change.value.value?.environment;
	useEffect(() => {
		if (environment === undefined) return;
		configurations.of(environment).ensure();
		workIn(environment);
	}, [environment]);

	const status = change.problem.value?.status;
	if (status === 404 || status === 403) return <NoChange id={id} known={status === 403} level={level} />;
	return (
		<Loaded of={change} what={`change ${id}`}>
			{(document) =>
				isOpen(document.state) ? (
					<OpenChange change={document} titleId={titleId} level={level} />
				) : (
					<ClosedChange change={document} titleId={titleId} level={level} />
				)
			}
		</Loaded>
	);
}

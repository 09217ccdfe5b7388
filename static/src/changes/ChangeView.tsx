import { useEffect } from 'preact/hooks';
import { changeSets } from '../data/changes';
import { catalog } from '../data/stores';
import type { ChangeDocument } from '../data/types';
import { useFresh } from '../data/useFresh';
import { DiffTable } from '../ui/DiffTable';
import { Loaded } from '../ui/Loaded';
import { ChangeHead } from './ChangeHead';
import { Events } from './Events';
import { criticalOf, variablesByName } from './variables';

/** A change set: on its own page, or as a sheet over the editor. */
export function ChangeView({ id, titleId = 'change-title', level = 1 }: { id: string; titleId?: string; level?: 1 | 2 }) {
	const change = changeSets.of(id);
	useFresh(change, 'change_state', 'config_changed');
	return (
		<Loaded of={change} what={`change ${id}`}>
			{(document) => <Whole change={document} titleId={titleId} level={level} />}
		</Loaded>
	);
}

function Whole({ change, titleId, level }: { change: ChangeDocument; titleId: string; level: 1 | 2 }) {
	useEffect(() => catalog.ensure(), []);
	const variables = variablesByName(catalog.value.value);
	return (
		<>
			<ChangeHead change={change} titleId={titleId} level={level} />
			<DiffTable diff={change.diff} variables={variables} critical={criticalOf(change, variables)} />
			<Events change={change} />
		</>
	);
}

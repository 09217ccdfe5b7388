import { useEffect } from 'preact/hooks';
import { core } from '../data/core';
import { catalog, configurations, rules } from '../data/stores';
import type { ChangeDocument } from '../data/types';
import { Loaded } from '../ui/Loaded';
import { Loading } from '../ui/Loading';
import { Sheet } from '../ui/Sheet';
import { EditForm } from './EditForm';

export interface Editing {
	change: ChangeDocument;
	onClose(): void;
	onDone(): void;
}

/** Edits what a change set changes. Nothing can be typed before the core is there to judge it. */
export function EditSheet(editing: Editing) {
	const live = configurations.of(editing.change.environment);
	useEffect(() => {
		for (const needed of [catalog, rules, live]) needed.ensure();
	}, []);
	const judge = core.value;
	return (
		<Sheet titleId="edit-title" env={editing.change.environment} onClose={editing.onClose}>
			<Loaded of={catalog} what="the catalog">
				{(definitions) => (
					<Loaded of={rules} what="the rules">
						{(its) => (
							<Loaded of={live} what={`the values of ${editing.change.environment}`}>
								{(configuration) =>
									judge ? (
										<EditForm
											{...editing}
											catalog={definitions}
											rules={its}
											live={configuration}
											core={judge}
										/>
									) : (
										<Loading what="the core" />
									)
								}
							</Loaded>
						)}
					</Loaded>
				)}
			</Loaded>
		</Sheet>
	);
}

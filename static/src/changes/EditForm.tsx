import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { announce } from '../app/announce';
import type { Core } from '../core';
import { asProblem, type Problem } from '../data/problem';
import type { Catalog, Configuration, Rule } from '../data/types';
import { EnvBadge } from '../ui/EnvBadge';
import { Note } from '../ui/Note';
import { ProblemNote } from '../ui/ProblemNote';
import { ReasonField } from '../ui/ReasonField';
import { act, edit } from './act';
import { AddParameter } from './AddParameter';
import { changesOf, valuesOf, wholeOf, type Values } from './editing';
import { EditedMeanwhile } from './EditedMeanwhile';
import { EditRow } from './EditRow';
import type { Editing } from './EditSheet';
import { variablesByName } from './variables';
import { SheetFooter } from '../ui/SheetFooter';

interface Props extends Editing {
	catalog: Catalog;
	rules: readonly Rule[];
	live: Configuration;
	core: Core;
}

export function EditForm({ change, onClose, onDone, catalog, rules, live, core }: Props) {
	const base = useSignal(change);
	const values = useSignal<Values>(change.changes);
	const reason = useSignal(change.reason);
	const wanting = useSignal(false);
	const problem = useSignal<Problem | null>(null);
	const busy = useSignal<'keep' | 'submit' | null>(null);
	const variables = useMemo(() => variablesByName(catalog), [catalog]);
	const edited = valuesOf(values.value, variables, core);
	const changes = changesOf(edited);
	const broken = changes ? wholeOf(core, catalog, live, rules, changes) : [];
	const moved = change.content_hash !== base.value.content_hash && busy.value === null;
	const blocked = changes === null || edited.length === 0 || broken.length > 0 || moved;

	const set = (name: string, text: string | null) => {
		values.value = { ...values.value, [name]: text };
	};
	const remove = (name: string) => {
		const { [name]: _, ...rest } = values.value;
		values.value = rest;
		announce(`${name} taken out`);
	};
	const save = async (then: 'keep' | 'submit') => {
		if (busy.value !== null) return;
		if (blocked || changes === null) return announce('It cannot be saved like this: see the messages');
		wanting.value = reason.value.trim() === '';
		if (wanting.value) return;
		busy.value = then;
		problem.value = null;
		try {
			const kept = await edit(change, changes, reason.value.trim());
			base.value = kept;
			const what = { id: kept.id, comment: '', hash: kept.content_hash ?? '' };
			if (then === 'submit') await act('submit', change.environment, what);
			onDone();
		} catch (thrown) {
			problem.value = asProblem(thrown);
		} finally {
			busy.value = null;
		}
	};

	return (
		<form
			onSubmit={(event) => {
				event.preventDefault();
				void save('submit');
			}}
			noValidate
		>
			<header>
				<h2 id="edit-title">
					Edit change <span class="num">#{change.id}</span> in <EnvBadge name={change.environment} />
				</h2>
			</header>
			<div class="sheet-body">
				{moved && (
					<EditedMeanwhile
						change={change}
						before={base.value}
						onMine={() => (base.value = change)}
						onTheirs={() => {
							base.value = change;
							values.value = change.changes;
							reason.value = change.reason;
						}}
					/>
				)}
				{change.state === 'pending_approval' && (
					<Note tone="warn">
						It waits for approval. An edit takes it back, and voids what an approver has seen.
					</Note>
				)}
				<ul class="edit-rows">
					{edited.map((one) => (
						<EditRow
							key={one.name}
							of={one}
							live={live.values[one.name] ?? null}
							onText={(text) => set(one.name, text)}
							onRemove={() => remove(one.name)}
						/>
					))}
				</ul>
				{edited.length === 0 && <Note tone="warn">It changes nothing: withdraw it instead.</Note>}
				<AddParameter
					from={catalog.variables.filter(({ name, deprecated }) => !deprecated && !(name in values.value))}
					onAdd={({ name }) => set(name, live.values[name] ?? '')}
				/>
				{broken.map((text) => (
					<Note key={text} tone="bad">
						{text}
					</Note>
				))}
				<ReasonField reason={reason} wanting={wanting} />
				{problem.value && <ProblemNote problem={problem.value} />}
			</div>
			<SheetFooter onCancel={onClose}>
				<button
					type="button"
					aria-disabled={blocked}
					aria-busy={busy.value === 'keep'}
					onClick={() => void save('keep')}
				>
					Keep as a draft
				</button>
				<button class="primary" aria-disabled={blocked} aria-busy={busy.value === 'submit'}>
					Save and submit
				</button>
			</SheetFooter>
		</form>
	);
}

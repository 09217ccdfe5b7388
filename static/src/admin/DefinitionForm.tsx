import { useSignal, type Signal } from '@preact/signals';
import { announce } from '../app/announce';
import { address } from '../app/pattern';
import { go } from '../app/router';
import type { Core } from '../core';
import { api, unwrap } from '../data/api';
import { missing } from '../data/permission';
import { catalog } from '../data/stores';
import type { Catalog, Variable } from '../data/types';
import { useAttempt } from '../data/useAttempt';
import { NoRole } from '../ui/NoRole';
import { ProblemNote } from '../ui/ProblemNote';
import { ReasonField } from '../ui/ReasonField';
import { Note } from '../ui/Note';
import { DefinitionFields } from './DefinitionFields';
import { definitionOf, draftOf, objectionTo, variableOf, type DefinitionDraft } from './definition';
import { Effects } from './Effects';

/** Every field of a definition. Nothing that the core objects to leaves it, and the objection stands beside its field. */
export function DefinitionForm({
	variable,
	definitions,
	core,
}: {
	/** null: a new one. */
	variable: Variable | null;
	definitions: Catalog;
	core: Core;
}) {
	const draft: Signal<DefinitionDraft> = useSignal(draftOf(variable));
	const reason = useSignal('');
	const wanting = useSignal(false);
	const { busy, problem, run } = useAttempt();
	const now = draft.value;
	const taken = variable === null && definitions.variables.some(({ name }) => name === now.name);
	const objection = taken
		? { field: 'name' as const, text: 'there is a parameter of this name already' }
		: objectionTo(now, core);
	const untouched = variable !== null && JSON.stringify(now) === JSON.stringify(draftOf(variable));
	const why = missing('admin', '*', 'Changing the catalog');
	const moved = variable !== null && now !== draftOf(variable) && problem.value?.code === 'stale';

	const send = async () => {
		if (why !== null || objection !== null || untouched)
			return announce(why ?? objection?.text ?? 'Nothing is changed yet');
		wanting.value = reason.value.trim() === '';
		if (wanting.value) return;
		const written = await run(() =>
			unwrap(
				api.PUT('/catalog/{name}', {
					params: {
						path: { name: now.name },
						header: variable === null ? { 'If-None-Match': '*' } : { 'If-Match': `"${variable.version}"` },
					},
					body: definitionOf(now, reason.value.trim()),
				}),
			),
		);
		await catalog.refresh();
		if (!written) return;
		reason.value = '';
		announce(`${now.name} is written`);
		go(address('admin', 'catalog', now.name), 'replace');
	};

	return (
		<form
			class="definition"
			onSubmit={(event) => {
				event.preventDefault();
				void send();
			}}
			noValidate
		>
			<NoRole text={why} id="catalog-role" />
			<DefinitionFields draft={draft} isNew={variable === null} objection={objection} definitions={definitions} />
			{objection === null && (
				<Effects next={variableOf(now)} variables={definitions.variables} core={core} />
			)}
			{objection !== null && now.name !== '' && (
				<div id="objection">
					<Note tone="bad">
						<strong>It cannot be written like this.</strong> {objection.text}
					</Note>
				</div>
			)}
			<ReasonField reason={reason} wanting={wanting} />
			{problem.value && <ProblemNote problem={problem.value} />}
			{moved && <Note tone="info">Somebody wrote it meanwhile: reload to see their definition.</Note>}
			<div class="actions-row">
				<button
					class="primary"
					aria-busy={busy.value}
					aria-disabled={why !== null || objection !== null || untouched}
					aria-describedby={why !== null ? 'catalog-role' : objection ? 'objection' : undefined}
				>
					{variable === null ? 'Create the parameter' : `Write ${variable.name}`}
				</button>
				{variable !== null && !untouched && (
					<button type="button" onClick={() => (draft.value = draftOf(variable))}>
						Back to what it is
					</button>
				)}
			</div>
		</form>
	);
}

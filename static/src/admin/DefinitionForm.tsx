import { useSignal } from '@preact/signals';
import { announce } from '../app/announce';
import { address } from '../app/pattern';
import { go } from '../app/router';
import type { Core } from '../core';
import { api, unwrap } from '../data/api';
import { missing } from '../data/permission';
import { catalog } from '../data/stores';
import type { Catalog, Variable } from '../data/types';
import { useAttempt } from '../data/useAttempt';
import { useDraft } from '../data/useDraft';
import { NoRole } from '../ui/NoRole';
import { ProblemNote } from '../ui/ProblemNote';
import { ReasonField } from '../ui/ReasonField';
import { Note } from '../ui/Note';
import { DefinitionFields } from './DefinitionFields';
import { definitionOf, draftOf, labels, objectionTo, variableOf } from './definition';
import { Effects } from './Effects';
import { WrittenMeanwhile } from './WrittenMeanwhile';

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
	const drafting = useDraft(variable, draftOf);
	const { draft, base, theirs } = drafting;
	const reason = useSignal('');
	const wanting = useSignal(false);
	const { busy, problem, run } = useAttempt();
	const now = draft.value;
	const taken = variable === null && definitions.variables.some(({ name }) => name === now.name);
	const objection = taken
		? { field: 'name' as const, text: 'there is a parameter of this name already' }
		: objectionTo(now, core);
	const untouched = base !== null && drafting.untouched;
	const why = missing('admin', '*', 'Changing the catalog');

	const send = async () => {
		if (why !== null || objection !== null || untouched)
			return announce(why ?? objection?.text ?? 'Nothing is changed yet');
		if (theirs !== null) return announce('Somebody saved it meanwhile: choose first how to go on');
		wanting.value = reason.value.trim() === '';
		if (wanting.value) return;
		const written = await run(() =>
			unwrap(
				api.PUT('/catalog/{name}', {
					params: {
						path: { name: now.name },
						header: base === null ? { 'If-None-Match': '*' } : { 'If-Match': `"${base.version}"` },
					},
					body: definitionOf(now, reason.value.trim()),
				}),
			),
		);
		if (written) drafting.wrote(written);
		await catalog.refresh();
		if (!written) return;
		reason.value = '';
		announce(`${now.name} is saved`);
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
			<WrittenMeanwhile of={drafting} by={variable?.updated_by} labels={labels} />
			{problem.value && theirs === null && <ProblemNote problem={problem.value} />}
			<div class="actions-row">
				<button
					class="primary"
					aria-busy={busy.value}
					aria-disabled={why !== null || objection !== null || untouched || theirs !== null}
					aria-describedby={
						why !== null ? 'catalog-role' : objection ? 'objection' : theirs ? 'meanwhile' : undefined
					}
				>
					{base === null ? 'Create the parameter' : `Save ${base.name}`}
				</button>
				{base !== null && !untouched && theirs === null && (
					<button type="button" onClick={() => (draft.value = draftOf(base))}>
						Back to what it is
					</button>
				)}
			</div>
		</form>
	);
}

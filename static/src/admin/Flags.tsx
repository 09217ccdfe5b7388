import type { Signal } from '@preact/signals';
import type { DefinitionDraft } from './definition';

const flags = {
	required: 'Every environment has a value',
	critical: 'Critical: changes only by an approved change set',
	hot_reloadable: 'Taken over while a worker runs; otherwise at its next start',
	excluded_from_ftf: 'Not a factor of fine-tuning runs',
	deprecated: 'Deprecated: takes no new values, and leaves the table where it is not set',
} as const;

/** What is true of a parameter or not. */
export const Flags = ({ draft }: { draft: Signal<DefinitionDraft> }) => (
	<fieldset class="flags">
		<legend>Properties</legend>
		{(Object.keys(flags) as (keyof typeof flags)[]).map((flag) => (
			<label key={flag} class="check">
				<input
					type="checkbox"
					name={flag}
					checked={draft.value[flag]}
					onChange={(event) => (draft.value = { ...draft.peek(), [flag]: event.currentTarget.checked })}
				/>
				<span>{flags[flag]}</span>
			</label>
		))}
	</fieldset>
);

import type { Signal } from '@preact/signals';
import type { Catalog } from '../data/types';
import { described, Field } from '../ui/Field';
import {
	categories,
	hasBounds,
	hasChoices,
	types,
	type DefinitionDraft,
	type DefinitionField,
	type Objection,
} from './definition';
import { Flags } from './Flags';

type TextMember = 'name' | 'default_value' | 'min_value' | 'max_value' | 'group_name' | 'unit';

/** The fields that a definition has, those that its type knows. */
export function DefinitionFields({
	draft,
	isNew,
	objection,
	definitions,
}: {
	draft: Signal<DefinitionDraft>;
	isNew: boolean;
	objection: Objection | null;
	definitions: Catalog;
}) {
	const now = draft.value;
	const set = (members: Partial<DefinitionDraft>) => (draft.value = { ...draft.peek(), ...members });
	const wrong = (field: DefinitionField) => (objection?.field === field ? objection.text : null);
	const groups = [...new Set(definitions.variables.map(({ group_name }) => group_name))].sort();
	const text = (member: TextMember, label: string, hint: string, mono = true) => {
		const bad = member === 'group_name' || member === 'unit' ? null : wrong(member);
		return (
			<Field id={`definition-${member}`} label={label} hint={hint} wrong={now.name === '' ? null : bad}>
				<input
					{...described(`definition-${member}`, now.name === '' ? null : bad)}
					type="text"
					class={mono ? 'mono' : ''}
					value={now[member]}
					onInput={(event) => set({ [member]: event.currentTarget.value })}
					readOnly={member === 'name' && !isNew}
					autocomplete="off"
					spellcheck={false}
					{...(member === 'group_name' ? { list: 'groups' } : {})}
				/>
			</Field>
		);
	};
	return (
		<div class="form-grid">
			{text('name', 'Name', 'Capitals, digits and underscores; it never changes')}
			<Field id="definition-type" label="Type" hint="What a value is">
				<select
					{...described('definition-type', null)}
					value={now.type}
					onChange={(event) => {
						const type = types.find((one) => one === event.currentTarget.value);
						if (type) set({ type });
					}}
				>
					{types.map((type) => (
						<option key={type}>{type}</option>
					))}
				</select>
			</Field>
			<Field id="definition-category" label="Category" hint="When a worker takes a change over">
				<select
					{...described('definition-category', null)}
					value={now.category}
					onChange={(event) => {
						const { value } = event.currentTarget;
						if (value in categories) set({ category: value as DefinitionDraft['category'] });
					}}
				>
					{Object.entries(categories).map(([value, label]) => (
						<option key={value} value={value}>
							{label}
						</option>
					))}
				</select>
			</Field>
			{text('default_value', 'Default', 'Where no environment says otherwise; empty: none')}
			{hasBounds(now.type) && text('min_value', 'Minimum', 'Empty: none')}
			{hasBounds(now.type) && text('max_value', 'Maximum', 'Empty: none')}
			{text('unit', 'Unit', 'Shown behind the value')}
			{text('group_name', 'Group', 'Parameters are listed by it', false)}
			<datalist id="groups">
				{groups.map((group) => (
					<option key={group} value={group} />
				))}
			</datalist>
			{hasChoices(now.type) && (
				<Field
					id="definition-allowed"
					label={now.type === 'list' ? 'Allowed items' : 'Allowed values'}
					hint="One a line; empty: all that the type takes"
					wrong={now.name === '' ? null : wrong('allowed')}
				>
					<textarea
						{...described('definition-allowed', now.name === '' ? null : wrong('allowed'))}
						class="mono"
						rows={3}
						value={now.allowed}
						onInput={(event) => set({ allowed: event.currentTarget.value })}
						spellcheck={false}
					/>
				</Field>
			)}
			<Field id="definition-description" label="Description" hint="What it does, for whoever changes it">
				<textarea
					{...described('definition-description', null)}
					rows={3}
					value={now.description}
					onInput={(event) => set({ description: event.currentTarget.value })}
				/>
			</Field>
			<Flags draft={draft} />
		</div>
	);
}

import { ValueInput } from '../config/ValueInput';
import { bounds } from '../text/words';
import { Icon } from '../ui/Icon';
import { Value } from '../ui/Value';
import type { EditedValue } from './editing';

interface Props {
	of: EditedValue;
	live: string | null;
	onText(text: string | null): void;
	onRemove(): void;
}

/** One value of a change set: what is in force, what is wanted instead, and what the core says of it. */
export function EditRow({ of: { name, text, variable, verdict }, live, onText, onRemove }: Props) {
	const messageId = `edit-message-${name}`;
	const range = variable ? bounds(variable, true) : '';
	return (
		<li class="edit-row" data-name={name}>
			<div>
				<code>{name}</code>
				{variable?.critical && (
					<span class="mark-critical">
						<Icon name="warning" />
						critical
					</span>
				)}
				{variable && (
					<span class="dim">
						in force <Value text={live} variable={variable} />
					</span>
				)}
			</div>
			<div class="edit-field">
				{variable && text !== null ? (
					<ValueInput
						variable={variable}
						text={text}
						invalid={verdict?.ok !== true}
						describedBy={messageId}
						onText={onText}
					/>
				) : (
					<p class="dim">{variable ? `default ${variable.default_value ?? 'not set'}` : 'no longer in the catalog'}</p>
				)}
				{variable && (
					<button
						type="button"
						class="link"
						onClick={() => onText(text === null ? (live ?? '') : null)}
						aria-label={text === null ? `Give ${name} a value` : `Use the default of ${name}`}
					>
						{text === null ? 'a value' : 'default'}
					</button>
				)}
				<button
					type="button"
					class="quiet icon-only"
					onClick={onRemove}
					aria-label={`Take ${name} out`}
					title="Take it out"
				>
					<Icon name="close" />
				</button>
			</div>
			<em id={messageId} class={verdict?.ok === false ? 'message' : 'hint'}>
				{verdict?.ok === false ? (
					<>
						<Icon name="warning" />
						{verdict.detail}
					</>
				) : (
					range
				)}
			</em>
		</li>
	);
}

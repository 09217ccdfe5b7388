import type { ComponentChildren } from 'preact';
import { Icon } from './Icon';

/** What a field carries, so that what is said below it belongs to it. */
export const described = (id: string, wrong: string | null) => ({
	id,
	'aria-invalid': wrong !== null,
	'aria-describedby': `${id}-hint`,
});

/** A field with its name above and, below, what it is for or what is wrong. The control carries `described(id, …)`. */
export const Field = ({
	id,
	label,
	hint,
	wrong = null,
	children,
}: {
	id: string;
	label: string;
	hint?: ComponentChildren;
	wrong?: string | null;
	children: ComponentChildren;
}) => (
	<div class="field">
		<label for={id}>{label}</label>
		{children}
		<em id={`${id}-hint`} class={wrong === null ? 'hint' : 'message'}>
			{wrong === null ? (
				hint
			) : (
				<>
					<Icon name="warning" />
					{wrong}
				</>
			)}
		</em>
	</div>
);

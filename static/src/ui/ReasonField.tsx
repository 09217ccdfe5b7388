import type { Signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

/** Why something is done. `wanting` is set by who found it empty; it is said, and the field gets the focus. */
export function ReasonField({
	reason,
	wanting,
	placeholder = 'Why this is changed; kept in the history for good',
}: {
	reason: Signal<string>;
	wanting: Signal<boolean>;
	placeholder?: string;
}) {
	const field = useRef<HTMLTextAreaElement>(null);
	useEffect(() => {
		if (wanting.value) field.current?.focus();
	}, [wanting.value]);
	return (
		<div class="field">
			<label for="reason">Reason</label>
			<textarea
				id="reason"
				ref={field}
				rows={2}
				maxLength={1000}
				value={reason.value}
				placeholder={placeholder}
				onInput={(event) => {
					reason.value = event.currentTarget.value;
					wanting.value = false;
				}}
				aria-required="true"
				aria-invalid={wanting.value}
				aria-describedby={wanting.value ? 'reason-message' : undefined}
			/>
			{wanting.value && (
				<em id="reason-message" class="message">
					A reason is required: it is what the history shows.
				</em>
			)}
		</div>
	);
}

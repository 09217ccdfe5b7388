import type { ComponentChildren } from 'preact';

/** Below a form: the way out on the left, what it does (`children`) on the right. */
export const SheetFooter = ({ onCancel, children }: { onCancel: () => void; children: ComponentChildren }) => (
	<footer>
		<button type="button" onClick={onCancel}>
			Cancel
		</button>
		<span class="grow" />
		{children}
	</footer>
);

import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

/** Closing gives the focus back; when what had it is gone meanwhile, the page gets it. */
function openModal(dialog: HTMLDialogElement | null): () => void {
	dialog?.showModal();
	return () => {
		dialog?.close();
		setTimeout(() => {
			if (document.activeElement === document.body)
				document.getElementById('main')?.focus({ preventScroll: true });
		});
	};
}

/** A native modal dialog that is there as long as the component is. Esc asks `onClose`, which takes it away. */
export function Sheet({
	titleId,
	size = '',
	onClose,
	children,
}: {
	titleId: string;
	size?: '' | 'small' | 'large';
	onClose: () => void;
	children: ComponentChildren;
}) {
	const dialog = useRef<HTMLDialogElement>(null);
	useLayoutEffect(() => openModal(dialog.current), []);
	return (
		<dialog
			ref={dialog}
			class={`sheet ${size}`}
			aria-labelledby={titleId}
			onClose={(event) => {
				// The event comes late: a dialog that was taken away must not close what has come in its place.
				if (event.target === event.currentTarget && event.currentTarget.isConnected) onClose();
			}}
		>
			{children}
		</dialog>
	);
}

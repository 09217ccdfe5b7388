import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { lookOf } from '../text/environment';

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
	env,
	onClose,
	children,
}: {
	titleId: string;
	size?: '' | 'small' | 'large';
	/** The environment it is about: its colour is along the top. */
	env?: string | undefined;
	onClose: () => void;
	children: ComponentChildren;
}) {
	const dialog = useRef<HTMLDialogElement>(null);
	useLayoutEffect(() => openModal(dialog.current), []);
	return (
		<dialog
			ref={dialog}
			class={`sheet ${size} ${env === undefined ? '' : `tone-${lookOf(env).tone}`}`}
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

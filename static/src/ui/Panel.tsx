import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';

/** A button, and what it opens below it. Esc, a press elsewhere, and going on with Tab close it. */
export function Panel({ label, children }: { label: ComponentChildren; children: ComponentChildren }) {
	const open = useSignal(false);
	const place = useRef<HTMLDivElement>(null);
	const button = useRef<HTMLButtonElement>(null);
	const id = useId();
	const inside = (target: EventTarget | null) => target instanceof Node && place.current?.contains(target) === true;

	useEffect(() => {
		if (!open.value) return undefined;
		const close = (event: PointerEvent) => {
			if (!inside(event.target)) open.value = false;
		};
		addEventListener('pointerdown', close);
		return () => removeEventListener('pointerdown', close);
	}, [open.value]);

	return (
		<div
			class="panel-place"
			ref={place}
			onFocusOut={({ relatedTarget }) => {
				if (relatedTarget !== null && !inside(relatedTarget)) open.value = false;
			}}
			onKeyDown={(event) => {
				if (event.key !== 'Escape' || !open.value) return;
				event.preventDefault();
				open.value = false;
				button.current?.focus();
			}}
		>
			<button
				type="button"
				ref={button}
				aria-expanded={open.value}
				aria-controls={open.value ? id : undefined}
				onClick={() => (open.value = !open.value)}
			>
				{label}
			</button>
			{open.value && (
				<div class="panel-body" id={id}>
					{children}
				</div>
			)}
		</div>
	);
}

import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { announce } from '../app/announce';
import type { Core } from '../core';
import { Icon } from '../ui/Icon';
import { bounds } from '../text/words';
import { proposed, type Row } from './rows';
import { afterClick } from '../ui/afterClick';
import { ValueInput } from './ValueInput';

interface Props {
	row: Row;
	core: Core;
	/** focus: the editor had it, so it goes back to the value. */
	onStage(value: string | null, focus: boolean): void;
	onClose(focus: boolean): void;
}

/** Edits one value in place. The core judges each keystroke; only what it accepts can be staged. */
export function ValueEditor({ row: { variable, live, draft }, core, onStage, onClose }: Props) {
	const text = useSignal((draft ? proposed(variable, draft) : live) ?? '');
	const form = useRef<HTMLFormElement>(null);
	const verdict = core.check(variable, text.value);
	const messageId = `message-${variable.name}`;
	const defaultText = variable.default_value;
	const range = variable.type === 'enum' ? '' : bounds(variable, true); // a choice shows its choices

	// Before the next key can come: whoever types on right after Enter must not type past the field.
	useLayoutEffect(() => {
		const field = form.current?.querySelector<HTMLInputElement>('input, textarea, select');
		field?.focus();
		if (field instanceof HTMLInputElement) field.select();
	}, []);

	// Once: taking the field away is itself a leaving of it, and must not decide again.
	const over = useRef(false);
	const end = (act: () => void) => {
		if (over.current) return;
		over.current = true;
		act();
	};
	const cancel = () => end(() => onClose(true));
	const stage = (focus: boolean) => {
		if (!verdict.ok) return announce(verdict.detail);
		const { canonical } = verdict;
		end(() => (canonical === live && !draft ? onClose(focus) : onStage(canonical, focus)));
	};
	const leave = (event: FocusEvent) => {
		if (event.relatedTarget instanceof Node && form.current?.contains(event.relatedTarget)) return;
		// Another window in front is no decision.
		if (verdict.ok && document.hasFocus()) afterClick(() => stage(false));
	};
	const keys = (event: KeyboardEvent) => {
		if (event.key === 'Escape') {
			event.preventDefault();
			cancel();
		}
		if (
			event.key === 'Enter' &&
			event.target instanceof HTMLTextAreaElement &&
			(event.ctrlKey || event.metaKey)
		) {
			event.preventDefault();
			stage(true);
		}
		if (event.key === 'Enter' && event.target instanceof HTMLSelectElement) {
			event.preventDefault();
			stage(true);
		}
	};

	return (
		<form
			ref={form}
			class="value-editor"
			onSubmit={(event) => {
				event.preventDefault();
				stage(true);
			}}
			onFocusOut={leave}
			onKeyDown={keys}
		>
			<ValueInput
				variable={variable}
				text={text.value}
				invalid={!verdict.ok}
				describedBy={messageId}
				onText={(next) => {
					text.value = next;
				}}
			/>
			<button class="quiet icon-only" aria-label={`Stage ${variable.name}`} title="Stage (Enter)">
				<Icon name="check" />
			</button>
			<button
				type="button"
				class="quiet icon-only"
				onClick={cancel}
				aria-label="Cancel"
				title="Cancel (Esc)"
			>
				<Icon name="close" />
			</button>
			<em id={messageId} class={verdict.ok ? 'hint' : 'message'}>
				{verdict.ok ? (
					<>
						in force {live ?? 'not set'}
						{range !== '' && <> · {range}</>}
					</>
				) : (
					<>
						<Icon name="warning" />
						{verdict.detail}
					</>
				)}
				{defaultText !== null && text.value !== defaultText && (
					<button type="button" class="link" onClick={() => end(() => onStage(null, true))}>
						use default {defaultText}
					</button>
				)}
			</em>
		</form>
	);
}

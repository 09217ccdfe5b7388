import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { announce } from '../app/announce';
import { isShortcut } from '../app/shortcuts';
import type { Core } from '../core';
import { stagingOf } from '../data/staging';
import { configurations } from '../data/stores';
import { Icon } from '../ui/Icon';
import { Value } from '../ui/Value';
import { missingRoleId } from './ConfigNotices';
import { CopyHere } from './CopyHere';
import { mayEdit, missingRole } from '../data/permission';
import { proposed, type Row } from './rows';
import { ValueEditor } from './ValueEditor';

interface Props {
	env: string;
	row: Row;
	core: Core | null;
}

/** The live value, the draft beside it, and the editor in their place while one types. */
export function ValueCell({ env, row, core }: Props) {
	const { variable, draft, violation, conflict } = row;
	const editing = useSignal(false);
	const refocus = useRef(false);
	const button = useRef<HTMLButtonElement>(null);
	const staging = stagingOf(env);
	const open = () => {
		if (!mayEdit(env)) announce(missingRole(env) ?? '');
		else if (core) editing.value = true;
	};
	const close = (focus: boolean) => {
		editing.value = false;
		refocus.current = focus;
	};
	const unstage = () => {
		staging.unstage(variable.name);
		announce(`${variable.name} is no longer staged`);
		button.current?.focus();
	};
	useLayoutEffect(() => {
		if (!editing.value && refocus.current) {
			refocus.current = false;
			button.current?.focus();
		}
	}, [editing.value]);

	if (editing.value && core)
		return (
			<ValueEditor
				row={row}
				core={core}
				onStage={(value, focus) => {
					const live = configurations.of(env).value.peek();
					if (live) staging.stage(variable.name, value, live);
					close(focus);
				}}
				onClose={close}
			/>
		);

	const problemId = `problem-${variable.name}`;
	const problem = violation ?? (conflict ? 'saved elsewhere meanwhile: choose in the review' : null);
	return (
		<div class="value-cell">
			<button
				type="button"
				class="value-button"
				ref={button}
				onClick={open}
				onKeyDown={(event) => {
					if (event.key !== 'F2' && !isShortcut(event, 'e')) return;
					event.preventDefault();
					open();
				}}
				aria-disabled={!mayEdit(env)}
				aria-describedby={problem ? problemId : mayEdit(env) ? undefined : missingRoleId}
			>
				<span class="visually-hidden">Edit {variable.name}, in force </span>
				<Value text={row.live} variable={variable} />
				{draft && (
					<>
						<Icon name="right" />
						<span class="visually-hidden">, staged value </span>
						<ins>
							<Value text={proposed(variable, draft)} variable={variable} />
						</ins>
					</>
				)}
				<span class="affordance">
					<Icon name={mayEdit(env) ? 'pencil' : 'lock'} />
				</span>
			</button>
			<CopyHere name={variable.name} />
			{draft && (
				<button
					type="button"
					class="quiet icon-only"
					onClick={unstage}
					aria-label={`Unstage ${variable.name}`}
					title="Unstage"
				>
					<Icon name="undo" />
				</button>
			)}
			{problem && (
				<em id={problemId} class="message">
					<Icon name="warning" />
					{problem}
				</em>
			)}
		</div>
	);
}

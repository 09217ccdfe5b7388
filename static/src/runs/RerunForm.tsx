import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { announce } from '../app/announce';
import { go, withQuery } from '../app/router';
import { missing } from '../data/permission';
import { rerun } from '../data/runs';
import type { Run } from '../data/types';
import { useAttempt } from '../data/useAttempt';
import { Hash } from '../ui/Hash';
import { NoRole } from '../ui/NoRole';
import { ProblemNote } from '../ui/ProblemNote';

const isId = /^[A-Za-z0-9._-]{1,64}$/;

/** A new run with exactly the set of this one, however the configuration has moved since. */
export function RerunForm({ run, onCancel }: { run: Run; onCancel: () => void }) {
	const id = useSignal(`${run.run_id.slice(0, 57)}-again`);
	const { busy, problem, run: attempt } = useAttempt();
	const field = useRef<HTMLInputElement>(null);
	const why = missing('editor', run.environment, 'Running again');
	const good = isId.test(id.value);
	useEffect(() => field.current?.select(), []);
	const send = async () => {
		if (why !== null || !good) return field.current?.focus();
		const made = await attempt(() => rerun(run.run_id, id.value));
		if (!made) return;
		announce(`${made.run_id} is bound to the same set`);
		go(withQuery({ run: made.run_id }));
	};
	return (
		<form
			class="inline-form"
			onSubmit={(event) => {
				event.preventDefault();
				void send();
			}}
			noValidate
		>
			<NoRole text={why} id="rerun-role" />
			<div class="field">
				<label for="rerun-id">Id of the new run</label>
				<input
					id="rerun-id"
					class="mono"
					ref={field}
					value={id.value}
					onInput={(event) => (id.value = event.currentTarget.value)}
					aria-invalid={!good}
					aria-describedby="rerun-hint"
					spellcheck={false}
				/>
				<em id="rerun-hint" class={good ? 'hint' : 'message'}>
					{good ? (
						<>
							It will have the set <Hash of={run.parameter_set_hash} />, whatever is live now.
						</>
					) : (
						'Letters, digits, dot, underscore and hyphen; at most 64.'
					)}
				</em>
			</div>
			{problem.value && <ProblemNote problem={problem.value} />}
			<div class="actions-row">
				<button class="primary" aria-disabled={why !== null || !good} aria-busy={busy.value}>
					Bind the new run
				</button>
				<button type="button" onClick={onCancel}>
					Cancel
				</button>
			</div>
		</form>
	);
}

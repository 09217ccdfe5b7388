import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { verify } from '../data/history';
import type { Verdict } from '../data/types';
import { useAttempt } from '../data/useAttempt';
import { plural } from '../text/words';
import { EnvBadge } from '../ui/EnvBadge';
import { Note } from '../ui/Note';
import { ProblemNote } from '../ui/ProblemNote';

/** Has the server go over the chain of an environment's history: each row carries the hash of the one before. */
export function Chain({ environment }: { environment: string }) {
	const verdict = useSignal<Verdict | null>(null);
	const { busy, problem, run } = useAttempt();
	const check = async () => {
		verdict.value = (await run(() => verify(environment))) ?? null;
	};
	useEffect(() => void check(), [environment]);
	const found = verdict.value;
	if (problem.value) return <ProblemNote problem={problem.value} retry={() => void check()} />;
	if (busy.value || !found)
		return (
			<Note tone="info">
				Reading every row of <EnvBadge name={environment} />
			</Note>
		);
	if (found.ok)
		return (
			<Note tone="ok">
				<strong>The chain holds.</strong> {plural(found.checked, 'row')} of <EnvBadge name={environment} />, each
				carries the hash of the one before it.
			</Note>
		);
	return (
		<Note tone="bad">
			<strong>The chain is broken at v{found.broken_at}.</strong> Of <EnvBadge name={environment} />{' '}
			{plural(found.checked, 'row')} hold. Something outside the platform wrote to the history: compare with a
			backup, and export what is there before anything else is done.
		</Note>
	);
}

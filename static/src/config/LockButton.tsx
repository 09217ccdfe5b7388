import { useSignal } from '@preact/signals';
import { announce } from '../app/announce';
import { api, unwrap } from '../data/api';
import { missing } from '../data/permission';
import { asProblem, type Problem } from '../data/problem';
import { holds, session } from '../data/session';
import { environments, findEnvironment } from '../data/stores';
import { Icon } from '../ui/Icon';
import { ProblemNote } from '../ui/ProblemNote';

/** Who takes the lock is the only one who writes until they give it back; an admin who edits here may take it off. */
export function LockButton({ env }: { env: string }) {
	const busy = useSignal(false);
	const problem = useSignal<Problem | null>(null);
	const holder = findEnvironment(env)?.locked_by ?? null;
	const mine = holder !== null && holder === session.value?.login;
	const why =
		missing('editor', env, holder === null ? 'Locking' : 'Unlocking') ??
		(holder === null || mine || holds('admin', env)
			? null
			: `Only ${holder} gives the lock back, or an admin in ${env}.`);

	const toggle = async () => {
		if (why !== null) return announce(why);
		if (busy.value) return;
		busy.value = true;
		problem.value = null;
		try {
			const where = { params: { path: { env } } };
			if (holder === null) await unwrap(api.PUT('/environments/{env}/lock', where));
			else await unwrap(api.DELETE('/environments/{env}/lock', where));
			announce(holder === null ? `${env} is locked by you` : `${env} is unlocked`);
		} catch (thrown) {
			problem.value = asProblem(thrown);
		} finally {
			await environments.refresh();
			busy.value = false;
		}
	};

	return (
		<>
			<button
				type="button"
				class={holder === null ? undefined : 'locked'}
				aria-disabled={why !== null}
				aria-busy={busy.value}
				title={why ?? (holder === null ? 'While you hold the lock, nobody else saves' : `Held by ${holder}`)}
				onClick={() => void toggle()}
			>
				<Icon name="lock" />
				{holder === null ? 'Lock' : mine ? 'Unlock' : why === null ? `Take off ${holder}’s lock` : `Locked by ${holder}`}
			</button>
			{problem.value && <ProblemNote problem={problem.value} />}
		</>
	);
}

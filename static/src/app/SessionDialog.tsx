import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { asProblem, Problem } from '../data/problem';
import { leaveToAnother, logIn } from '../data/session';
import { ProblemNote } from '../ui/ProblemNote';
import { announce } from './announce';

/** Here the code for "nobody is logged in" means that the password is not theirs. */
const explain = (problem: Problem): Problem =>
	problem.code === 'unauthenticated'
		? new Problem(401, { title: 'The password is wrong' }, problem.requestId)
		: problem;

/** The session ended in the middle of something: whoever was here goes on where they were, with all they typed. */
export function SessionDialog({ login }: { login: string }) {
	const dialog = useRef<HTMLDialogElement>(null);
	const password = useRef<HTMLInputElement>(null);
	const problem = useSignal<Problem | null>(null);
	const busy = useSignal(false);
	const show = () => {
		dialog.current?.showModal();
		password.current?.focus();
	};
	useLayoutEffect(show, []);

	const submit = async (event: Event) => {
		event.preventDefault();
		if (busy.value) return;
		busy.value = true;
		problem.value = null;
		try {
			await logIn(login, password.current?.value ?? '');
			announce('Logged in again');
		} catch (thrown) {
			problem.value = explain(asProblem(thrown));
			password.current?.select();
			busy.value = false;
		}
	};

	return (
		<dialog
			ref={dialog}
			class="sheet small"
			aria-labelledby="session-title"
			onCancel={(event) => event.preventDefault()}
			onClose={show}
		>
			<form onSubmit={(event) => void submit(event)}>
				<header>
					<h2 id="session-title">Your session has ended</h2>
				</header>
				<div class="sheet-body">
					<p>What you typed and staged is still here. Log in again to go on.</p>
					<div class="field">
						<label for="session-login">Login</label>
						<input id="session-login" value={login} autocomplete="username" readOnly />
					</div>
					<div class="field">
						<label for="session-password">Password</label>
						<input
							id="session-password"
							type="password"
							ref={password}
							autocomplete="current-password"
							required
						/>
					</div>
					{problem.value && <ProblemNote problem={problem.value} />}
				</div>
				<footer>
					<button type="button" onClick={leaveToAnother}>
						Somebody else
					</button>
					<span class="grow" />
					<button class="primary" aria-busy={busy.value}>
						Log in again
					</button>
				</footer>
			</form>
		</dialog>
	);
}

import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { Mark } from '../app/Brand';
import { go, path } from '../app/router';
import { ThemeMenu } from '../app/ThemeMenu';
import { asProblem, Problem } from '../data/problem';
import { logIn, session } from '../data/session';
import { ProblemNote } from '../ui/ProblemNote';

/** Only addresses of this console: a link must not send anybody who logs in elsewhere. */
const within = (next: string | null): string => (next !== null && /^\/(?![/\\])/.test(next) ? next : '/');

/** Here the code for "nobody is logged in" means that these two do not go together. */
const explain = (problem: Problem): Problem =>
	problem.code === 'unauthenticated'
		? new Problem(401, { title: 'The login or the password is wrong' }, problem.requestId)
		: problem;

export function LoginPage({ next }: { next: string | null }) {
	const problem = useSignal<Problem | null>(null);
	const busy = useSignal(false);
	const login = useRef<HTMLInputElement>(null);
	const password = useRef<HTMLInputElement>(null);

	useEffect(() => {
		document.title = 'Log in · CVN Config';
		if (session.value) go(within(next), 'replace');
		else if (path.value !== '/login') {
			const here = location.pathname + location.search;
			go(here === '/' ? '/login' : `/login?next=${encodeURIComponent(here)}`, 'replace');
		}
		login.current?.focus();
	}, []);

	const submit = async (event: Event) => {
		event.preventDefault();
		if (busy.value) return;
		busy.value = true;
		problem.value = null;
		try {
			await logIn(login.current?.value ?? '', password.current?.value ?? '');
			go(within(next), 'replace');
		} catch (thrown) {
			problem.value = explain(asProblem(thrown));
			password.current?.select();
		} finally {
			busy.value = false;
		}
	};

	return (
		<main class="login">
			<form onSubmit={(event) => void submit(event)} method="post" aria-labelledby="login-title">
				<Mark />
				<h1 id="login-title">CVN Config</h1>
				<p class="dim">Trading parameters, from saved to applied.</p>
				<label for="login">Login</label>
				<input
					id="login"
					name="username"
					ref={login}
					autocomplete="username"
					autocapitalize="none"
					spellcheck={false}
					required
				/>
				<label for="password">Password</label>
				<input
					id="password"
					name="password"
					type="password"
					ref={password}
					autocomplete="current-password"
					required
				/>
				{problem.value && <ProblemNote problem={problem.value} />}
				<button class="primary wide" aria-busy={busy.value}>
					{busy.value ? 'Logging in' : 'Log in'}
				</button>
			</form>
			<ThemeMenu />
		</main>
	);
}

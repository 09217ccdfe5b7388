// Who is here, and what their roles allow. The API decides; this says it before they try.
import { batch, signal } from '@preact/signals';
import { api, unwrap } from './api';
import { asProblem, Problem } from './problem';
import type { RoleName, Session } from './types';

/** undefined: not asked yet. null: nobody. */
export const session = signal<Session | null | undefined>(undefined);
export const sessionProblem = signal<Problem | null>(null);

export async function resumeSession(): Promise<void> {
	sessionProblem.value = null;
	try {
		session.value = await unwrap(api.GET('/me'));
	} catch (thrown) {
		const problem = asProblem(thrown);
		if (problem.status === 401) session.value = null;
		else sessionProblem.value = problem;
	}
}

export async function logIn(login: string, password: string): Promise<void> {
	const begun = await unwrap(api.POST('/session', { body: { login, password } }));
	batch(() => {
		expired.value = false;
		session.value = begun;
	});
}

export async function logOut(): Promise<void> {
	await unwrap(api.DELETE('/session'));
	session.value = null;
}

/**
 * The session is over by somebody else's will: expired, revoked, disabled. Whoever was here stays named, and what they
 * were doing stays on the screen, until they log in again or leave it to somebody else.
 */
export const expired = signal(false);

export function endSession(): void {
	if (session.peek()) expired.value = true;
	else session.value = null;
}

/** Gives the screen up: what is staged is kept for its login, everything else is forgotten. */
export function leaveToAnother(): void {
	batch(() => {
		expired.value = false;
		session.value = null;
	});
}

export const rolesIn = (who: Session | null | undefined, environment: string): RoleName[] =>
	(who?.roles ?? [])
		.filter((row) => row.environment === '*' || row.environment === environment)
		.map(({ role }) => role);

/** Older than it should be. */
export const passwordDue = () => session.value?.password_due === true;

export const holds = (role: RoleName, environment: string): boolean =>
	rolesIn(session.value, environment).includes(role);

export const holdsAnywhere = (role: RoleName): boolean =>
	session.value?.roles.some((held) => held.role === role) === true;

// The validation core, loaded once. Until it is here nothing can be edited: there is no second opinion in this code.
import { signal } from '@preact/signals';
import { loadCore, type Core } from '../core';
import { asProblem, type Problem } from './problem';

export const core = signal<Core | null>(null);
export const coreProblem = signal<Problem | null>(null);

export async function startCore(): Promise<void> {
	coreProblem.value = null;
	try {
		core.value = await loadCore(CORE_URL);
	} catch (thrown) {
		coreProblem.value = asProblem(thrown);
	}
}

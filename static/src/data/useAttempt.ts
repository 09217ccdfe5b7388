import { useSignal, type ReadonlySignal } from '@preact/signals';
import { asProblem, type Problem } from './problem';

export interface Attempt {
	readonly busy: ReadonlySignal<boolean>;
	readonly problem: ReadonlySignal<Problem | null>;
	/** Does it, one at a time; what it gives, or undefined where it was refused: then the problem says why. */
	run<T>(what: () => Promise<T>): Promise<T | undefined>;
}

/** Something that a person asks for and that can be refused. */
export function useAttempt(): Attempt {
	const busy = useSignal(false);
	const problem = useSignal<Problem | null>(null);
	async function run<T>(what: () => Promise<T>): Promise<T | undefined> {
		if (busy.peek()) return undefined;
		busy.value = true;
		problem.value = null;
		try {
			return await what();
		} catch (thrown) {
			problem.value = asProblem(thrown);
			return undefined;
		} finally {
			busy.value = false;
		}
	}
	return { busy, problem, run };
}

import { query } from '../app/router';
import { saveFile } from '../data/file';
import { historyFile } from '../data/history';
import { useAttempt } from '../data/useAttempt';
import { ProblemNote } from '../ui/ProblemNote';
import { filterOf } from './filter';

const kinds = { csv: 'text/csv', ndjson: 'application/x-ndjson' } as const;

/** All that the filters let through, as a file. */
export function Downloads() {
	const { busy, problem, run } = useAttempt();
	const fetchAs = (kind: keyof typeof kinds) =>
		run(async () => saveFile(`history.${kind}`, await historyFile(filterOf(query.peek()), kinds[kind])));
	return (
		<>
			<button type="button" aria-busy={busy.value} onClick={() => void fetchAs('csv')}>
				Download CSV
			</button>
			<button type="button" aria-busy={busy.value} onClick={() => void fetchAs('ndjson')}>
				Download NDJSON
			</button>
			{problem.value && <ProblemNote problem={problem.value} />}
		</>
	);
}

import { setQuery } from '../app/router';
import { saveFile } from '../data/file';
import { findEnvironment } from '../data/stores';
import { exported } from '../data/transfer';
import { useAttempt } from '../data/useAttempt';
import { plural } from '../text/words';
import { lookOf } from '../text/environment';
import { EnvBadge } from '../ui/EnvBadge';
import { ProblemNote } from '../ui/ProblemNote';

/** One side of the comparison: which environment, and its values as a document, out and in. */
export function SideCard({ env }: { env: string }) {
	const { busy, problem, run } = useAttempt();
	const where = findEnvironment(env);
	const save = () =>
		run(async () => {
			const document = await exported(env);
			const text = `${JSON.stringify(document, null, '\t')}\n`;
			saveFile(`${env}-v${document.version}.json`, new Blob([text], { type: 'application/json' }));
		});
	return (
		<article class={`side tone-${lookOf(env).tone}`}>
			<h2>
				<EnvBadge name={env} version={where?.version} />
			</h2>
			<p class="dim">{where && plural(where.workers, 'worker')}</p>
			<div class="actions-row">
				<button type="button" aria-busy={busy.value} onClick={() => void save()} aria-label={`Export ${env}`}>
					Export
				</button>
				<button type="button" onClick={() => setQuery('import', env, 'push')} aria-label={`Import into ${env}`}>
					Import
				</button>
			</div>
			{problem.value && <ProblemNote problem={problem.value} />}
		</article>
	);
}

import { useEffect } from 'preact/hooks';
import { EnvironmentCard } from '../environments/EnvironmentCard';
import { LatestTable } from '../environments/LatestTable';
import { passwordDue } from '../data/session';
import { environments, latest, workers } from '../data/stores';
import { plural } from '../text/words';
import { Loaded } from '../ui/Loaded';
import { Note } from '../ui/Note';
import { Placeholder } from '../ui/Placeholder';

export function EnvironmentsPage() {
	useEffect(() => {
		environments.ensure();
		workers.ensure();
		latest.ensure();
	}, []);
	return (
		<>
			<div class="head">
				<div>
					<h1>Environments</h1>
					<p class="sub">{summary()}</p>
				</div>
			</div>
			{passwordDue() && (
				<Note tone="warn">Your password is older than 90 days: ask an admin for a new one.</Note>
			)}
			<Loaded of={environments} what="the environments">
				{(all) =>
					all.length === 0 ? (
						<Placeholder title="There is no environment yet">
							<p>
								An admin creates one under <a href="/admin/environments">Admin, Environments</a>.
							</p>
						</Placeholder>
					) : (
						<ul class="cards">
							{all.map((one) => (
								<li key={one.environment}>
									<EnvironmentCard environment={one} />
								</li>
							))}
						</ul>
					)
				}
			</Loaded>
			<h2 class="section">Latest changes</h2>
			<Loaded of={latest} what="the latest changes">
				{(entries) =>
					entries.length === 0 ? (
						<Placeholder title="Nothing has been saved yet" />
					) : (
						<LatestTable entries={entries} />
					)
				}
			</Loaded>
		</>
	);
}

function summary(): string {
	const all = environments.value.value;
	if (!all) return '\u00a0';
	const running = all.reduce((sum, one) => sum + one.workers, 0);
	const current = all.reduce((sum, one) => sum + one.workers_current, 0);
	const state = running === 0 ? 'no workers' : `${current} of ${plural(running, 'worker')} current`;
	return `${plural(all.length, 'environment')} · ${state}`;
}

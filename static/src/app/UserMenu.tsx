import { useSignal } from '@preact/signals';
import { logOut, session } from '../data/session';
import { asProblem, type Problem } from '../data/problem';
import { Icon } from '../ui/Icon';
import { ProblemNote } from '../ui/ProblemNote';
import { useMenu } from '../ui/useMenu';
import { showHelp } from './help';
import { shortcutsOn } from './shortcuts';

/** Who one is, what one may, and the way out. */
export function UserMenu() {
	const { ref, close } = useMenu();
	const problem = useSignal<Problem | null>(null);
	const who = session.value;
	if (!who) return null;
	const leave = () =>
		logOut().catch((thrown: unknown) => {
			problem.value = asProblem(thrown);
		});
	return (
		<>
			<button
				type="button"
				class="quiet who"
				popoverTarget="account"
				aria-label={`Account ${who.login}`}
			>
				<Icon name="person" />
				<span>{who.login}</span>
			</button>
			<div id="account" class="menu menu-right" popover="auto" ref={ref}>
				<p class="menu-title">{who.login}</p>
				<ul class="roles" aria-label="Roles">
					{who.roles.map(({ environment, role }) => (
						<li key={`${environment} ${role}`}>
							{role}{' '}
							<span class="dim">
								{environment === '*' ? 'in every environment' : `in ${environment}`}
							</span>
						</li>
					))}
					{who.roles.length === 0 && <li class="dim">no role anywhere</li>}
				</ul>
				<label class="switch">
					<input
						type="checkbox"
						checked={shortcutsOn.value}
						onChange={() => {
							shortcutsOn.value = !shortcutsOn.value;
						}}
					/>{' '}
					Single-key shortcuts
				</label>
				<button
					type="button"
					class="quiet"
					onClick={() => {
						close();
						showHelp();
					}}
				>
					Keyboard <kbd>?</kbd>
				</button>
				<button type="button" class="quiet" onClick={() => void leave()}>
					Log out
				</button>
				{problem.value && <ProblemNote problem={problem.value} />}
			</div>
		</>
	);
}

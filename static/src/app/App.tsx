import { path, query } from './router';
import { expired, resumeSession, session, sessionProblem } from '../data/session';
import { LoginPage } from '../pages/LoginPage';
import { ProblemNote } from '../ui/ProblemNote';
import { LiveRegion } from './LiveRegion';
import { SessionDialog } from './SessionDialog';
import { Shell } from './Shell';

/** Decides between three: not known yet who is here, nobody, somebody. */
function Content() {
	const who = session.value;
	if (sessionProblem.value)
		return (
			<main class="narrow">
				<ProblemNote problem={sessionProblem.value} retry={() => void resumeSession()} />
			</main>
		);
	if (who === undefined) return <main class="narrow" aria-busy="true" />;
	if (who === null || path.value === '/login') return <LoginPage next={query.value.get('next')} />;
	return (
		<>
			<Shell />
			{expired.value && <SessionDialog login={who.login} />}
		</>
	);
}

export const App = () => (
	<>
		<Content />
		<LiveRegion />
	</>
);

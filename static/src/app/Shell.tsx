import { useEffect, useRef } from 'preact/hooks';
import { pendingChanges } from '../data/changes';
import { environments } from '../data/stores';
import { NotFoundPage } from '../pages/NotFoundPage';
import { found } from './current';
import { path } from './router';
import { HelpDialog } from './HelpDialog';
import { leapKeys } from './leap';
import { LinkBanner } from './LinkBanner';
import { TopBar } from './TopBar';

/** The walls: the bar above, the page below. A page that was navigated to gets the focus, so that it is read out. */
export function Shell() {
	const main = useRef<HTMLElement>(null);
	const first = useRef(true);
	const here = found.value;
	const named = here?.params['env'];
	const where = path.value;

	useEffect(leapKeys, []);
	useEffect(() => {
		environments.ensure();
		pendingChanges.ensure();
	}, []);
	useEffect(() => {
		document.title = [
			named,
			here ? [here.route.title, here.params['id']].filter(Boolean).join(' ') : 'Not found',
			'CVN Config',
		]
			.filter(Boolean)
			.join(' · ');
		if (!first.current) main.current?.focus({ preventScroll: true });
		first.current = false;
	}, [where]);

	return (
		<>
			<a class="skip" href="#main">
				Skip to content
			</a>
			<TopBar />
			<main id="main" ref={main} tabIndex={-1}>
				<LinkBanner />
				{here ? (
					<here.route.page
						params={here.params}
						key={named ?? here.params['id'] ?? here.route.pattern}
					/>
				) : (
					<NotFoundPage />
				)}
			</main>
			<HelpDialog />
		</>
	);
}

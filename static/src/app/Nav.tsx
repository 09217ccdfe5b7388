import { address } from './pattern';
import type { Area } from './routes';
import { currentEnvironment, found } from './current';

interface Entry {
	area: Area;
	label: string;
	href: string;
}

function entries(): Entry[] {
	const environment = currentEnvironment.value;
	return [
		{ area: 'environments', label: 'Environments', href: '/' },
		...(environment === null
			? []
			: [{ area: 'config' as const, label: 'Parameters', href: address('config', environment) }]),
		{ area: 'dashboard', label: 'Workers', href: '/dashboard' },
	];
}

export function Nav() {
	const here = found.value?.route.area;
	return (
		<nav aria-label="Main">
			{entries().map(({ area, label, href }) => (
				<a key={area} href={href} {...(area === here ? { 'aria-current': 'page' as const } : {})}>
					{label}
				</a>
			))}
		</nav>
	);
}

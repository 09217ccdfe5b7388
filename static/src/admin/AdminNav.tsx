import { path } from '../app/router';
import { useCurrentInSight } from '../ui/useCurrentInSight';

const pages = {
	'/admin/catalog': 'Catalog',
	'/admin/rules': 'Rules',
	'/admin/operators': 'Operators and tokens',
	'/admin/freeze': 'Freeze windows',
	'/admin/environments': 'Environments',
};

/** The pages on which an admin works; everybody may read them. */
export function AdminNav() {
	const row = useCurrentInSight(path.value);
	return (
		<nav class="views" aria-label="Administration" ref={row}>
			{Object.entries(pages).map(([href, label]) => (
				<a key={href} href={href} {...(path.value.startsWith(href) ? { 'aria-current': 'page' as const } : {})}>
					{label}
				</a>
			))}
		</nav>
	);
}

import { path } from '../app/router';

const pages = {
	'/admin/catalog': 'Catalog',
	'/admin/rules': 'Rules',
	'/admin/operators': 'Operators and tokens',
	'/admin/freeze': 'Freeze windows',
	'/admin/environments': 'Environments',
};

/** The pages on which an admin works; everybody may read them. */
export const AdminNav = () => (
	<nav class="views" aria-label="Administration">
		{Object.entries(pages).map(([href, label]) => (
			<a key={href} href={href} {...(path.value.startsWith(href) ? { 'aria-current': 'page' as const } : {})}>
				{label}
			</a>
		))}
	</nav>
);

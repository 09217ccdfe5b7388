import { path } from '../app/router';
import { Placeholder } from '../ui/Placeholder';

export const NotFoundPage = () => (
	<>
		<h1 class="visually-hidden">Not found</h1>
		<Placeholder title="There is no such page">
			<p>
				<code>{path.value}</code> leads nowhere. <a href="/">Environments</a> is a good place to
				start.
			</p>
		</Placeholder>
	</>
);

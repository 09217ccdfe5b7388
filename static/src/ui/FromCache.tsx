import type { Worker } from '../data/types';
import { Ago } from './Ago';
import { Icon } from './Icon';

/** Said of a worker that began with the configuration on its disk, because the platform was away. */
export const FromCache = ({ worker: { started_from_cache, started_at } }: { worker: Worker }) =>
	started_from_cache ? (
		<span class="mark-cache" title="It could not reach the platform at its start, and began with what it had on its disk">
			<Icon name="disk" />
			started from its cache <Ago at={started_at} />
		</span>
	) : null;

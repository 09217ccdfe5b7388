import { now } from '../data/clock';
import { age, moment } from '../text/age';

/** How long ago, ticking; the exact moment on hover and for machines. */
export const Ago = ({ at, bare = false }: { at: string; bare?: boolean }) => (
	<time dateTime={at} title={moment(at)}>
		{age(at, now.value, bare)}
	</time>
);

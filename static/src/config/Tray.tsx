import { announce } from '../app/announce';
import { stagingOf } from '../data/staging';
import { plural } from '../text/words';
import { EnvBadge } from '../ui/EnvBadge';
import { Icon } from '../ui/Icon';
import type { Row } from './rows';

/** What is staged, always in sight; the only way to a save leads through the review. */
export function Tray({
	env,
	staged,
	onReview,
}: {
	env: string;
	staged: readonly Row[];
	onReview: () => void;
}) {
	if (staged.length === 0) return null;
	const critical = staged.filter(({ variable }) => variable.critical).length;
	const broken = staged.filter(({ violation }) => violation !== null).length;
	const moved = staged.filter(({ conflict }) => conflict !== null).length;
	const discard = () => {
		stagingOf(env).unstage(...stagingOf(env).names.value);
		announce(`${plural(staged.length, 'change')} discarded`);
	};
	return (
		<section class="tray" aria-label="Staged changes">
			<p>
				<b>{staged.length} staged</b> in <EnvBadge name={env} />
			</p>
			{critical > 0 && (
				<span class="badge warn">
					<Icon name="warning" />
					{critical} {critical === 1 ? 'needs' : 'need'} approval
				</span>
			)}
			{broken > 0 && (
				<span class="badge bad">
					<Icon name="cross" />
					{broken} not valid
				</span>
			)}
			{moved > 0 && (
				<span class="badge bad">
					<Icon name="warning" />
					{moved} saved elsewhere meanwhile
				</span>
			)}
			<span class="grow" />
			<button type="button" onClick={discard}>
				Discard
			</button>
			<button type="button" class="primary" onClick={onReview}>
				Review {plural(staged.length, 'change')} to {env}
			</button>
		</section>
	);
}

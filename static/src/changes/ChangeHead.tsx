import { useEffect, useRef } from 'preact/hooks';
import type { ChangeDocument } from '../data/types';
import { changeKinds } from '../text/words';
import { Ago } from '../ui/Ago';
import { ChangeBadge } from '../ui/ChangeBadge';
import { EnvBadge } from '../ui/EnvBadge';
import { Hash } from '../ui/Hash';

/** Which change, where, how it stands; who asked, when, and why. `level` 2 in a dialog over another page. */
export function ChangeHead({ change, titleId, level }: { change: ChangeDocument; titleId: string; level: 1 | 2 }) {
	const { id, environment, kind, state, base_version, version, content_hash, created_by, created_at, reason } = change;
	const title = useRef<HTMLHeadingElement>(null);
	const before = useRef(state);
	// What was pressed to move it is gone with its new state; whoever has no place left goes on from the title.
	useEffect(() => {
		if (before.current === state) return;
		before.current = state;
		if (!document.activeElement?.matches('a, button, input, textarea, select'))
			title.current?.focus({ preventScroll: true });
	}, [state]);
	const Title = level === 1 ? ('h1' as const) : ('h2' as const);
	return (
		<header class="change-head">
			<Title id={titleId} ref={title} tabIndex={-1}>
				Change <span class="num">#{id}</span> <span class="of">in</span> <EnvBadge name={environment} />
				<ChangeBadge change={change} />
			</Title>
			<p class="reason">{reason}</p>
			<p class="dim">
				<b>{created_by}</b> <Ago at={created_at} />
				{kind !== 'change_set' && ` · ${changeKinds[kind]}`}
				{base_version > 0 && (
					<>
						{' '}
						· on top of <span class="num">v{base_version}</span>
					</>
				)}
				{version !== null && (
					<>
						{' '}
						· became <span class="num">v{version}</span>
					</>
				)}
				{content_hash !== null && (
					<>
						{' '}
						· content <Hash of={content_hash} />
					</>
				)}
			</p>
		</header>
	);
}

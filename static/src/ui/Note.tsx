import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from './Icon';

export type Tone = 'info' | 'ok' | 'warn' | 'bad';
const icons: Record<Tone, IconName> = { info: 'info', ok: 'check', warn: 'warning', bad: 'cross' };

/** Something to know before going on. The shape says what the colour says. */
export function Note({
	tone,
	icon,
	id,
	children,
}: {
	tone: Tone;
	icon?: IconName;
	id?: string;
	children: ComponentChildren;
}) {
	return (
		<div class={`note ${tone}`} {...(id ? { id } : {})}>
			<Icon name={icon ?? icons[tone]} />
			<div>{children}</div>
		</div>
	);
}

import type { Variable } from '../data/types';
import { digits, items } from '../text/words';

/** A value as it is read, by its type. None at all is said, not left blank. */
export function Value({
	text,
	variable,
	other,
}: {
	text: string | null;
	variable: Pick<Variable, 'type' | 'unit'>;
	/** The value on the other side of a difference: items that are there as well stand back. */
	other?: string | null;
}) {
	if (text === null) return <span class="value none">not set</span>;
	const entries = variable.type === 'list' ? items(text) : null;
	const common = other && entries ? (items(other) ?? []) : [];
	if (entries)
		return (
			<span class="value chips">
				{entries.length === 0 ? (
					<span class="none">empty list</span>
				) : (
					entries.map((item) => (
						<span class={common.includes(item) ? 'chip common' : 'chip'} key={item}>
							{item}
						</span>
					))
				)}
			</span>
		);
	if (variable.type === 'bool') return <span class={`value bool is-${text}`}>{text}</span>;
	if (variable.type === 'string' && text === '') return <span class="value none">empty text</span>;
	return (
		<span class={`value is-${variable.type}`}>
			{digits(text, variable.type)}
			{variable.unit && <span class="unit">{variable.unit}</span>}
		</span>
	);
}

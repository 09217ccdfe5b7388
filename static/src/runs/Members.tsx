import { items } from '../text/words';
import { Value } from '../ui/Value';

const shownAs = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** The members of one part of a set, by name. A part without any is said, one without a match is left out. */
export function Members({ title, of, filter }: { title: string; of: Readonly<Record<string, unknown>>; filter: string }) {
	const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
	const all = Object.entries(of)
		.map(([name, value]) => [name, shownAs(value)] as const)
		.sort(([a], [b]) => a.localeCompare(b));
	const found = all.filter(([name, value]) =>
		words.every((word) => `${name}\n${value}`.toLowerCase().includes(word)),
	);
	if (found.length === 0 && all.length > 0) return null;
	return (
		<table class="members">
			<caption>
				{title} <span class="count">{found.length}</span>
			</caption>
			<tbody>
				{found.map(([name, value]) => (
					<tr key={name}>
						<th scope="row">
							<code>{name}</code>
						</th>
						<td>
							<Value text={value} variable={{ type: items(value) ? 'list' : 'string', unit: '' }} />
						</td>
					</tr>
				))}
				{all.length === 0 && (
					<tr>
						<td class="dim">none</td>
					</tr>
				)}
			</tbody>
		</table>
	);
}

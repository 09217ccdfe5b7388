import type { ComponentChildren } from 'preact';
import type { Resource } from '../data/resource';
import { Loading } from './Loading';
import { ProblemNote } from './ProblemNote';

/** A resource on a page: reading, refused, or there. Once there it stays, with a note while it cannot be read. */
export function Loaded<T>({
	of,
	what,
	children,
}: {
	of: Resource<T>;
	what: string;
	children: (value: T) => ComponentChildren;
}) {
	const value = of.value.value;
	const problem = of.problem.value;
	if (value === null && problem === null) return <Loading what={what} />;
	return (
		<>
			{problem && <ProblemNote problem={problem} retry={() => void of.refresh()} />}
			{value !== null && children(value)}
		</>
	);
}

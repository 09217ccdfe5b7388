import type { ComponentChildren } from 'preact';
import type { Attempt } from '../data/useAttempt';
import { ProblemNote } from './ProblemNote';
import { Sheet } from './Sheet';
import { SheetFooter } from './SheetFooter';

/** A form in a sheet: what is asked, what stands in the way, and one button that names what it does. */
export const FormSheet = ({
	title,
	verb,
	attempt,
	shut = null,
	onSend,
	onClose,
	size = '',
	children,
}: {
	title: ComponentChildren;
	verb: string;
	attempt: Attempt;
	/** Why it cannot be sent yet. */
	shut?: string | null;
	onSend: () => void;
	onClose: () => void;
	size?: '' | 'small' | 'large';
	children: ComponentChildren;
}) => (
	<Sheet titleId="form-title" size={size} onClose={onClose}>
		<form
			onSubmit={(event) => {
				event.preventDefault();
				if (shut === null) onSend();
			}}
			noValidate
		>
			<header>
				<h2 id="form-title">{title}</h2>
			</header>
			<div class="sheet-body">
				{children}
				{attempt.problem.value && <ProblemNote problem={attempt.problem.value} />}
			</div>
			<SheetFooter onCancel={onClose}>
				{shut !== null && (
					<span class="dim shut" id="form-shut">
						{shut}
					</span>
				)}
				<button
					class="primary"
					aria-disabled={shut !== null}
					aria-describedby={shut === null ? undefined : 'form-shut'}
					aria-busy={attempt.busy.value}
				>
					{verb}
				</button>
			</SheetFooter>
		</form>
	</Sheet>
);

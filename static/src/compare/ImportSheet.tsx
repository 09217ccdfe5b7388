import type { ComponentChildren } from 'preact';
import { useSignal } from '@preact/signals';
import { importDocument, planImport } from '../data/transfer';
import type { ImportDocument } from '../data/types';
import { ProposalSheet } from '../proposal/ProposalSheet';
import { plural } from '../text/words';
import { EnvBadge } from '../ui/EnvBadge';
import { Sheet } from '../ui/Sheet';
import { readDocument } from './document';
import { SheetFooter } from '../ui/SheetFooter';

/** First the document, from a file or the clipboard; then the plan of what it would change. */
export function ImportSheet({ env, onClose }: { env: string; onClose: () => void }) {
	const text = useSignal('');
	const chosen = useSignal<ImportDocument | null>(null);
	const read = text.value.trim() === '' ? null : readDocument(text.value);
	const wrong = typeof read === 'string' ? read : null;
	const title = (
		<>
			Import into <EnvBadge name={env} />
		</>
	);
	if (chosen.value)
		return <Planned title={title} env={env} document={chosen.value} onClose={onClose} />;
	return (
		<Sheet titleId="import-title" onClose={onClose}>
			<form
				onSubmit={(event) => {
					event.preventDefault();
					if (read && typeof read !== 'string') chosen.value = read;
				}}
			>
				<header>
					<h2 id="import-title">{title}</h2>
					<p class="sub">Parameters that the document does not name stay as they are.</p>
				</header>
				<div class="sheet-body">
					<div class="field">
						<label for="import-file">File</label>
						<input
							id="import-file"
							type="file"
							accept="application/json,.json"
							onChange={(event) => {
								void event.currentTarget.files?.[0]?.text().then((content) => (text.value = content));
							}}
						/>
					</div>
					<div class="field">
						<label for="import-text">or its text</label>
						<textarea
							id="import-text"
							class="mono"
							rows={9}
							value={text.value}
							placeholder={'{"values": {"CVN_COOLDOWN": "90s"}}'}
							spellcheck={false}
							onInput={(event) => (text.value = event.currentTarget.value)}
							aria-invalid={wrong !== null}
							aria-describedby="import-hint"
						/>
						<em id="import-hint" class={wrong === null ? 'hint' : 'message'}>
							{wrong ??
								(read && typeof read !== 'string'
									? `${plural(Object.keys(read.values).length, 'value')}${
											read.environment ? `, from ${read.environment}` : ''
										}${read.version ? ` v${read.version}` : ''}`
									: 'What Export writes, or a part of it.')}
						</em>
					</div>
				</div>
				<SheetFooter onCancel={onClose}>
					<button class="primary" aria-disabled={read === null || wrong !== null}>
						Plan the import
					</button>
				</SheetFooter>
			</form>
		</Sheet>
	);
}

const Planned = ({
	title,
	env,
	document,
	onClose,
}: {
	title: ComponentChildren;
	env: string;
	document: ImportDocument;
	onClose: () => void;
}) => (
	<ProposalSheet
		title={title}
		environment={env}
		plan={() => planImport(env, document)}
		submit={(base, reason, as) => importDocument(env, document, base, reason, as)}
		onClose={onClose}
	/>
);

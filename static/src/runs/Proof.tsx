import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { saveFile } from '../data/file';
import { Note } from '../ui/Note';

const hex = (bytes: ArrayBuffer) =>
	[...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** Computes the digest of the canonical text here, where the browser lets a page do so: over TLS or on this machine. */
export function Proof({ canonical, hash }: { canonical: string; hash: string }) {
	const digest = useSignal<string | null>(null);
	useEffect(() => {
		if (!isSecureContext) return;
		void crypto.subtle.digest('SHA-256', new TextEncoder().encode(canonical)).then((bytes) => {
			digest.value = hex(bytes);
		});
	}, [canonical]);
	const holds = digest.value === hash;
	if (digest.value === null) return null;
	return (
		<Note tone={holds ? 'ok' : 'bad'}>
			{holds ? (
				<>
					<strong>It is what its hash says.</strong> SHA-256 of its canonical text, computed in this browser.{' '}
				</>
			) : (
				<>
					<strong>This is not what its hash says.</strong> The text that came has the digest{' '}
					<code>{digest.value}</code>.{' '}
				</>
			)}
			<button
				type="button"
				class="link"
				onClick={() => saveFile(`${hash}.json`, new Blob([canonical], { type: 'application/json' }))}
			>
				Download the text
			</button>
		</Note>
	);
}

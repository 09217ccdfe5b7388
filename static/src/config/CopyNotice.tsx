import { Icon } from '../ui/Icon';
import { copyNotice } from '../ui/copy';

/** What was copied, for a moment. It is announced where that is heard, so it is not said twice. */
export const CopyNotice = () =>
	copyNotice.value && (
		<p class={`copy-notice ${copyNotice.value.ok ? 'ok' : 'bad'}`} aria-hidden="true">
			<Icon name={copyNotice.value.ok ? 'check' : 'warning'} />
			<span>{copyNotice.value.text}</span>
		</p>
	);

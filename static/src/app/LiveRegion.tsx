import { announcement } from './announce';

export const LiveRegion = () => (
	<div class="visually-hidden" role="status" aria-live="polite">
		{announcement.value}
	</div>
);

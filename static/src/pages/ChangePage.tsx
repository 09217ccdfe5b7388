import type { Params } from '../app/pattern';
import { ChangeView } from '../changes/ChangeView';

export const ChangePage = ({ params }: { params: Params }) => <ChangeView id={params['id'] ?? ''} />;

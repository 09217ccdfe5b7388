// Fetched as one: whoever opens one of these opens the next.
export { ChangeView } from '../changes/ChangeView';
export { ChangePage } from './ChangePage';
export { ChangesPage } from './ChangesPage';

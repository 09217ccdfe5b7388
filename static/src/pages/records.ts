// Fetched as one: what was, and how it compares.
export { ComparePage } from './ComparePage';
export { HistoryPage } from './HistoryPage';
export { RunComparePage } from './RunComparePage';
export { RunsPage } from './RunsPage';

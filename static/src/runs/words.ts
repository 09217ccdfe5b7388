import type { RunKind } from '../data/types';
import type { Tone } from '../text/words';

export const runKinds: Record<RunKind, string> = {
	finetune: 'fine-tune',
	backtest: 'backtest',
	train: 'training',
	paper: 'paper session',
	live: 'live session',
};

const tones: Record<string, Tone> = { finished: 'ok', done: 'ok', succeeded: 'ok', running: 'info', failed: 'bad' };

/** Statuses are the runs' own words; of the usual ones it is known how they went. */
export const statusTone = (status: string): Tone => tones[status] ?? 'off';

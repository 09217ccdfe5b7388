import { useEffect } from 'preact/hooks';
import { watch, type EventType } from './freshness';
import type { Resource } from './resource';

/** Reads a resource, and reads it again on events of these types, while the component is there. */
export function useFresh(of: Resource<unknown>, ...types: EventType[]): void {
	useEffect(() => {
		of.ensure();
		return watch(types, () => void of.refresh());
	}, [of]);
}

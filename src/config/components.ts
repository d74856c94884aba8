// What the configuration needs to know of the components that are there. cli/load.ts finds them.
import type { Adapter } from '../component.ts';
import type { Chart } from '../spc/chart.ts';

/** A component that is imported when it is first used: some drivers take a second. */
export interface Lazy<T> {
  /** @throws PumjilError COMPONENT_INVALID when the folder lacks its export */
  load(): Promise<T>;
}

/** What the configuration needs of a chart; the kernel is the engine's. */
export type ChartComponent = Pick<
  Chart,
  'settings' | 'lanes' | 'kind' | 'isMultivariate' | 'minSize' | 'maxSize' | 'unitSigma' | 'needs'
>;

export interface Components {
  /** By the word after `use:`. */
  readonly adapters: ReadonlyMap<string, Lazy<Adapter>>;
  readonly charts: ReadonlyMap<string, ChartComponent>;
  /** Set → rule id → sentence. */
  readonly ruleSets: ReadonlyMap<string, Readonly<Record<string, string>>>;
}

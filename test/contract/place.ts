// Where components lie, and what a discovery says it has covered.
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '..', '..');

/** Places of the components that a discovery has put under their contract, from the root: `adapters/modbus`. */
export type Covered = readonly string[];

/** Folders below a folder of the repository, from the root and sorted; none when it is absent. */
export function foldersIn(place: string): readonly string[] {
  return entries(place, (entry) => entry.isDirectory());
}

/** Files below a folder of the repository whose name ends so, from the root and sorted; none when it is absent. */
export function filesIn(place: string, ending: string): readonly string[] {
  return entries(place, (entry) => entry.isFile() && entry.name.endsWith(ending));
}

/** Last part of a place: the name of the component. */
export function nameOf(place: string): string {
  return place.slice(place.lastIndexOf('/') + 1);
}

interface Found {
  readonly name: string;
  isDirectory(): boolean;
  isFile(): boolean;
}

function entries(place: string, isWanted: (entry: Found) => boolean): readonly string[] {
  const folder = join(ROOT, place);
  if (!existsSync(folder)) return [];
  const found: readonly Found[] = readdirSync(folder, { withFileTypes: true });
  return found
    .filter(isWanted)
    .map(({ name }) => `${place}/${name}`)
    .sort();
}

import type { SlotKind } from './types.ts';

/** Names under which what edits have set is listed, by kind of slot; links are listed in the tables. */
export const SLOT_LISTS = {
  name: 'names',
  colour: 'colours',
  tags: 'tags',
  group: 'groups',
  bookmark: 'bookmarks',
  end: 'ends',
  review: 'reviews',
  frozen: 'frozen',
  pair: 'pairs',
  divides: 'divides',
  node: 'nodes',
} as const satisfies Partial<Record<SlotKind, string>>;

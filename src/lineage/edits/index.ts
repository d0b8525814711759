export { adopt, parentAfter } from './adopt.ts';
export { type CellMarks, cellMarks, noMarks } from './cellMarks.ts';
export { compose, nodeNow } from './change.ts';
export { constraintsOf } from './constraints.ts';
export type { Made } from './detections.ts';
export { type EditedLineage, editedLineage, placesOf } from './edited.ts';
export {
  commit,
  type EditRequest,
  type History,
  type Prepared,
  prepareEdit,
  prepareReversal,
  replay,
} from './history.ts';
export { type Family, type NamingRule, nameFamily } from './naming.ts';
export { paintLabels } from './paint.ts';
export { parseCommand, parseText } from './parse.ts';
export { frameStarts, parseRef, refOfRow, rowOfRef } from './refs.ts';
export { SLOT_LISTS } from './slotLists.ts';
export type { Stacks } from './stacks.ts';
export { createEditState, type EditState, parentOf } from './state.ts';
export type * from './types.ts';

export { adopt, parentAfter } from './adopt.ts';
export { type CellMarks, cellMarks, noMarks } from './cellMarks.ts';
export { applyChanges, compose, invert, nodeNow } from './change.ts';
export { runCommand } from './commands.ts';
export { constraintsOf } from './constraints.ts';
export type { Made } from './detections.ts';
export { collect } from './draft.ts';
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
export { type Family, type NamingRule, nameFamily, SULSTON } from './naming.ts';
export { paintLabels } from './paint.ts';
export { parseCommand, parseText } from './parse.ts';
export { frameStarts, makeRef, parseRef, refOfRow, rowOfRef } from './refs.ts';
export { SLOT_LISTS } from './slotLists.ts';
export { type Stacks, stack } from './stacks.ts';
export { childrenOf, createEditState, type EditState, frameOf, parentOf, valueAt } from './state.ts';
export type * from './types.ts';
export { describeCommand } from './words.ts';

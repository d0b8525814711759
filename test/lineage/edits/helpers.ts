import {
  buildLineage,
  commit,
  type History,
  prepareEdit,
  prepareReversal,
  replay,
} from '../../../src/lineage/index.ts';
import type { Command, DetectionSpec, EditEffect } from '../../../src/lineage/types.ts';
import { makeDetections, makeLinks } from '../../cases/index.ts';

/** Undoes or redoes one edit; false where there is none. */
export function reverse(
  history: History,
  kind: 'undo' | 'redo',
  request: { id: string; by: string; at: string },
): boolean {
  if ((kind === 'undo' ? history.undoable : history.redoable).length === 0) return false;
  const prepared = prepareReversal(history, request, kind, undefined);
  if ('stale' in prepared) throw new Error(prepared.stale);
  commit(history, prepared.entry);
  return true;
}

/**
 * A cell that divides after frame 1, and one that does not: `0.1 1.1 (2.1 2.2) (3.1 3.2)` and `0.2 1.2 2.3 3.3`, by
 * frame and label.
 */
export function smallFamily(): History {
  const detections = makeDetections(
    [
      { t: 0, x: 10, y: 10 },
      { t: 0, x: 40, y: 40 },
      { t: 1, x: 10, y: 10 },
      { t: 1, x: 40, y: 40 },
      { t: 2, x: 12, y: 10 },
      { t: 2, x: 8, y: 10 },
      { t: 2, x: 40, y: 40 },
      { t: 3, x: 13, y: 10 },
      { t: 3, x: 7, y: 10 },
      { t: 3, x: 40, y: 40 },
    ],
    2,
  );
  const links = makeLinks([
    [0, 2],
    [1, 3],
    [2, 4],
    [2, 5],
    [3, 6],
    [4, 7],
    [5, 8],
    [6, 9],
  ]);
  return replay(buildLineage(detections, links), true, []);
}

let ids = 0;
const request = (): { id: string; by: string; at: string } => ({ id: `h${ids++}`, by: 'test', at: '' });

/** Makes an edit. @throws where it is refused */
export function act(history: History, command: Command, specs: readonly DetectionSpec[] = []): EditEffect {
  const prepared = prepareEdit(history, request(), command, specs);
  if ('stale' in prepared) throw new Error(prepared.stale);
  return commit(history, prepared.entry);
}

/** Takes the newest edit back. */
export function undo(history: History): EditEffect {
  const prepared = prepareReversal(history, request(), 'undo', undefined);
  if ('stale' in prepared) throw new Error(prepared.stale);
  return commit(history, prepared.entry);
}

import type { Command, Shape } from '../../../src/lineage/edits/types.ts';
import type { App, Place } from '../app.ts';
import { nodeRef } from '../data/refs.ts';
import { takeBack } from '../keys/hints.ts';
import { candidateAt, findCandidates } from './candidates.ts';
import type { EditLog } from './log.ts';
import { middle, placeUm, toUm } from './place.ts';

/** What adds a detection of a shape in the frame shown; a selected cell of before that ends there becomes its predecessor. */
export function addCommand({ data, state }: App, shape: Shape): Command {
  const t = state.t.peek();
  const before = state.selected.peek();
  const ends = before >= 0 && data.nodes.t[before]! < t && data.nodes.childA[before]! < 0;
  return ends ? { do: 'add', t, shape, parent: nodeRef(data, before) } : { do: 'add', t, shape };
}

/** Adds a cell at a place: the detector's own candidate that was below the threshold, else a disc of the usual size. */
export async function addCell(app: App, log: EditLog, say: (text: string) => void, at: Place): Promise<void> {
  if (at.node >= 0) {
    say('There is a cell already');
    return;
  }
  const { nodes, frameStart, info } = app.data;
  const t = app.state.t.peek();
  const centre = placeUm(app, at);
  const usual =
    middle(nodes.radius.subarray(frameStart[t]!, frameStart[t + 1]!)) || middle(nodes.radius) || 5;
  const { scale, offset } = app.data.space;
  const deep = info.run.movie.ndim === 2 ? {} : { z: centre[0]! * scale[2] + offset[2] };
  const candidate = candidateAt(app, await findCandidates(app, t), { ...at, ...deep });
  const shape: Shape =
    candidate === undefined
      ? { kind: 'disc', centre, radius: usual }
      : { kind: 'weak', index: candidate.index };
  if (!(await log.run(addCommand(app, shape), 'add a cell'))) return;
  const what = shape.kind === 'weak' ? "Added the detector's candidate" : 'Added a disc';
  say(`${what}${takeBack()}`);
}

/** The shape of an outline; in 3D on the plane shown. */
export function outlineShape(app: App, places: readonly Pick<Place, 'x' | 'y'>[]): Shape {
  const points = places.map((place) => [toUm(app, place.y, 1), toUm(app, place.x, 0)] as [number, number]);
  if (app.data.info.run.movie.ndim === 2) return { kind: 'polygon', points };
  return { kind: 'polygon', points, z: placeUm(app, places[0]!)[0]! };
}

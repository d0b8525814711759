import type { Command, Shape } from '../../../src/lineage/edits/types.ts';
import type { App } from '../app.ts';
import { fetchWeak } from '../data/api.ts';
import { nodeRef } from '../data/refs.ts';
import type { EditLog } from './log.ts';

/**
 * Adds a cell under the pointer: the detector's own candidate where one lies there that was below the threshold, else a
 * disc of the usual size. A selected cell of the frame before that ends there becomes its predecessor.
 */
export async function addCell(app: App, log: EditLog, say: (text: string) => void): Promise<void> {
  const { data, state } = app;
  const at = app.pointer.peek();
  if (at === null || at.node >= 0) {
    say(at === null ? 'Point at the place in the movie first' : 'There is a cell already');
    return;
  }
  const { space, nodes, frameStart } = data;
  const t = state.t.peek();
  const um = (world: number, axis: 0 | 1 | 2): number => (world - space.offset[axis]) / space.scale[axis];
  const [first, end] = [frameStart[t]!, frameStart[t + 1]!];
  const usual = middle(nodes.radius.subarray(first, end)) || middle(nodes.radius) || 5;
  const z = state.z.peek();
  const depth = z === 'max' ? middle(nodes.z.subarray(first, end)) : um(z, 2);
  const place = { x: um(at.x, 0), y: um(at.y, 1), z: depth };
  const flat = data.info.run.movie.ndim === 2;
  const centre = flat ? [place.y, place.x] : [place.z, place.y, place.x];
  const shape: Shape = (await candidateAt(t, place, flat)) ?? { kind: 'disc', centre, radius: usual };
  const before = state.selected.peek();
  const from = before >= 0 && nodes.t[before]! < t && nodes.childA[before]! < 0 ? before : -1;
  const command: Command = { do: 'add', t, shape };
  if (from >= 0) command.parent = nodeRef(data, from);
  if (await log.run(command, 'add a cell')) {
    say(
      `${shape.kind === 'weak' ? "Added the detector's candidate" : 'Added a disc'} (Ctrl+Z takes it back)`,
    );
  }
}

/** The likeliest candidate whose middle is within its radius of the place, or null. */
async function candidateAt(
  t: number,
  place: { x: number; y: number; z: number },
  flat: boolean,
): Promise<Shape | null> {
  const { x, y, z, radius, prob } = await fetchWeak(t);
  let index = -1;
  for (let k = 0; k < (x?.length ?? 0); k++) {
    const dz = flat ? 0 : Number(z![k]) - place.z;
    const away = Math.hypot(Number(x![k]) - place.x, Number(y![k]) - place.y, dz);
    if (away <= Number(radius![k]) && (index < 0 || prob![k]! > prob![index]!)) index = k;
  }
  return index < 0 ? null : { kind: 'weak', index };
}

function middle(values: Float64Array): number {
  const known = values.filter((v) => Number.isFinite(v)).sort();
  return known[known.length >> 1] ?? 0;
}

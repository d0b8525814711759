import type { App, Place } from '../app.ts';

/** Median of what is known, 0 without any. */
export function middle(values: Float64Array): number {
  const known = values.filter((v) => Number.isFinite(v)).sort();
  return known[known.length >> 1] ?? 0;
}

/** World units to micrometres along x (0), y (1) or z (2). */
export const toUm = ({ data: { space } }: App, world: number, axis: 0 | 1 | 2): number =>
  (world - space.offset[axis]!) / space.scale[axis]!;

/** Depth that a place of the picture stands for, micrometres: the plane's, or that of most cells of the frame. */
function depthUm(app: App): number {
  const { nodes, frameStart } = app.data;
  const [t, z] = [app.state.t.peek(), app.state.z.peek()];
  return z === 'max' ? middle(nodes.z.subarray(frameStart[t]!, frameStart[t + 1]!)) : toUm(app, z, 2);
}

/** `[y, x]` micrometres. */
export const flatUm = (app: App, place: Pick<Place, 'x' | 'y'>): [number, number] => [
  toUm(app, place.y, 1),
  toUm(app, place.x, 0),
];

/** `[y, x]`, or `[z, y, x]` in 3D; micrometres. */
export function placeUm(app: App, place: Pick<Place, 'x' | 'y'>, z = depthUm(app)): number[] {
  const flat = flatUm(app, place);
  return app.data.info.run.movie.ndim === 2 ? flat : [z, ...flat];
}

import type { App } from '../../app.ts';
import type { PlaneId } from '../../data/frames.ts';
import type { Part } from '../../data/levels.ts';
import { planeOf, type StripFrame } from './strip.ts';

/** The part of the picture that a crop shows, world units. */
export const partOf = ({ x, y }: StripFrame, half: number): Part => ({
  x0: x - half,
  y0: y - half,
  x1: x + half,
  y1: y + half,
});

/** Planes that a crop needs: of the channels that are shown, and of the labels. */
export function cropPlanes(app: App, frame: StripFrame, half: number): PlaneId[] {
  const { state, frames } = app;
  const z = planeOf(app, frame);
  const at = { t: frame.t, z, part: partOf(frame, half) };
  const ids: PlaneId[] = [];
  state.channels.value.forEach((c, channel) => {
    if (c.on && frames.hasImage) ids.push({ ...at, channel });
  });
  if (frames.hasLabels) ids.push({ ...at, channel: -1 });
  return ids;
}

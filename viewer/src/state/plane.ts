import type { App } from '../app.ts';
import { inPlane, worldZ } from '../data/space.ts';

/** Is there more than one plane to choose from? */
export const hasPlanes = ({ data }: App): boolean => data.info.run.movie.ndim === 3 && data.space.depth > 1;

const clamp = (app: App, z: number): number => Math.min(Math.max(Math.round(z), 0), app.data.space.depth - 1);

/** Plane of a cell; the middle one without a cell. */
function planeOfCell(app: App, node: number): number {
  const { space, nodes } = app.data;
  return clamp(app, node < 0 ? (space.depth - 1) / 2 : worldZ(space, nodes, node));
}

/** Goes `step` planes up or down; from the projection to the plane of the selected cell. */
export function stepPlane(app: App, step: number): void {
  if (!hasPlanes(app)) return;
  const { z } = app.state;
  const now = z.peek();
  z.value = now === 'max' ? planeOfCell(app, app.cursor()) : clamp(app, now + step);
}

/** From the projection to the plane of the selected cell, and back. */
export function toggleProjection(app: App): void {
  if (!hasPlanes(app)) return;
  app.state.z.value = app.state.z.peek() === 'max' ? planeOfCell(app, app.cursor()) : 'max';
}

/** Brings a cell into the plane shown, where that is one plane and does not cut it. */
export function followPlane(app: App, node: number): void {
  const { space, nodes } = app.data;
  const z = app.state.z.peek();
  if (node < 0 || z === 'max' || !hasPlanes(app) || inPlane(space, nodes, node, z)) return;
  app.state.z.value = planeOfCell(app, node);
}

/** A plane as a person counts it, from 1; of points without pixels micrometres. */
export function planeNumber({ data }: App, z: number): string {
  const { scale, offset } = data.space;
  return data.info.run.movie.shape[0] > 0 ? String(z + 1) : ((z - offset[2]) / scale[2]).toFixed(0);
}

/** The plane shown, in words: `plane 12 of 29, 24.0 µm`; '' in 2D. */
export function planeWords(app: App): string {
  if (!hasPlanes(app)) return '';
  const z = app.state.z.value;
  const { depth, scale, offset } = app.data.space;
  const { voxelSizeKnown } = app.data.info.run.movie;
  const pixels = app.data.info.run.movie.shape[0] > 0;
  if (z === 'max') return pixels ? `projection of ${depth} planes` : 'all depths';
  const um = `z ${((z - offset[2]) / scale[2]).toFixed(pixels ? 1 : 0)} µm`;
  if (!pixels) return um;
  return voxelSizeKnown ? `plane ${z + 1} of ${depth}, ${um}` : `plane ${z + 1} of ${depth}`;
}

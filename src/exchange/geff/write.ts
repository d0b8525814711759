import { rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { whenAll } from '../../codec/whenAll.ts';
import { createGroup, writeArray } from '../../codec/zarr/index.ts';
import type { ZarrDtype } from '../../codec/zarr/types.ts';
import { asStorageError } from '../../errors/index.ts';
import type { Lineage } from '../../lineage/types.ts';
import { kindOf } from '../input.ts';
import { MARKS, markNotes } from '../marks.ts';
import type { ExportContext, Exported } from '../types.ts';
import { type Column, edgeColumns, nodeColumns } from './columns.ts';
import type { GeffAxis, GeffMetadata, GeffProp } from './metadata.ts';
import { writeTexts } from './texts.ts';

/** Rows per chunk. */
const CHUNK = 100_000;
/** Version of the specification that is written. */
const GEFF_VERSION = '1.2';
/** zarr v2, the form that every GEFF reader takes. */
const ZARR_FORMAT = 2;

/** Smallest and largest value, absent for no rows. */
function rangeOf(values: Column['values']): { min?: number; max?: number } {
  if (values.length === 0 || !ArrayBuffer.isView(values)) return {};
  let min = values[0];
  let max = values[0];
  for (const value of values) {
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return { min, max };
}

/** What is not known is left out: an axis without a unit, a time without a scale. */
function axesOf(columns: readonly Column[], timeStep: number): GeffAxis[] {
  const axes: GeffAxis[] = [];
  const seconds = { scale: timeStep, scaled_unit: 'second' };
  for (const name of ['t', 'z', 'y', 'x']) {
    const column = columns.find(({ id }) => id === name);
    if (!column) continue;
    const range = rangeOf(column.values);
    const unit = column.unit === null ? {} : { unit: column.unit };
    if (name !== 't') axes.push({ name, type: 'space', ...unit, ...range });
    else axes.push({ name, type: 'time', unit: 'frame', ...range, ...(timeStep > 0 ? seconds : {}) });
  }
  return axes;
}

function describe(columns: readonly Column[]): Record<string, GeffProp> {
  return Object.fromEntries(
    columns.map(({ id, dtype, unit, description }) => {
      const name = dtype === 'string' ? 'str' : dtype;
      return [id, { identifier: id, dtype: name, varlength: false, ...(unit ? { unit } : {}), description }];
    }),
  );
}

/** The group's attribute. `labels`, where given, is the path of the label image as seen from the GEFF's folder. */
function metadataOf(
  nodes: readonly Column[],
  edges: readonly Column[],
  context: GeffContext,
  labels: string | null,
): GeffMetadata {
  const has = (id: string): boolean => nodes.some((column) => column.id === id);
  const { name, voxelSize, voxelSizeKnown = true, timeStep, nFrames } = context;
  return {
    geff_version: GEFF_VERSION,
    directed: true,
    axes: axesOf(nodes, timeStep),
    node_props_metadata: describe(nodes),
    edge_props_metadata: describe(edges),
    ...(has('radius') && !nodes.some(({ id, missing }) => id === 'radius' && missing)
      ? { sphere: 'radius' }
      : {}),
    // For programs that take the first axis of space for x otherwise.
    display_hints: {
      display_horizontal: 'x',
      display_vertical: 'y',
      ...(has('z') ? { display_depth: 'z' } : {}),
      display_time: 't',
    },
    track_node_props: { lineage: 'lineage', tracklet: 'tracklet' },
    ...(labels && has('seg_id')
      ? { related_objects: [{ type: 'labels', path: labels, node_prop: 'seg_id' }] }
      : {}),
    extra: {
      morula: {
        name,
        ...(voxelSizeKnown ? { voxel_size: [...voxelSize] } : {}),
        ...(timeStep > 0 ? { time_step: timeStep } : {}),
        ...(nFrames ? { n_frames: nFrames } : {}),
      },
    },
  };
}

async function writeColumns(folder: string, columns: readonly Column[]): Promise<void> {
  await createGroup(folder, {}, ZARR_FORMAT);
  await whenAll(
    columns.map(async ({ id, dtype, values, missing }) => {
      await createGroup(join(folder, id), {}, ZARR_FORMAT);
      await writeColumn(join(folder, id, 'values'), dtype, [values.length], values);
      if (missing) await writeColumn(join(folder, id, 'missing'), 'bool', [missing.length], missing);
    }),
  );
}

async function writeColumn(
  folder: string,
  dtype: ZarrDtype,
  shape: readonly number[],
  data: Column['values'],
): Promise<void> {
  if (!ArrayBuffer.isView(data)) return writeTexts(folder, data, CHUNK);
  const chunks = [Math.max(1, Math.min(CHUNK, shape[0])), ...shape.slice(1)];
  await writeArray(folder, { shape, chunks, dtype, zarrFormat: ZARR_FORMAT, fillValue: 0 }, data);
}

/** What the GEFF of a lineage needs besides the lineage. */
export type GeffContext = Pick<
  ExportContext,
  'name' | 'voxelSize' | 'voxelSizeKnown' | 'timeStep' | 'nFrames' | 'certainty' | 'marks' | 'labelImage'
>;

/** The result folder's label image as seen from a GEFF at `path`, or null where it is not beside it. */
async function labelsBeside(path: string): Promise<string | null> {
  return (await kindOf(join(dirname(path), 'labels', 'cells'))) === 'folder' ? '../labels/cells' : null;
}

/**
 * Writes a lineage as GEFF 1.2 (directed, zarr v2) at `path`: a folder of its own beside it first, renamed when
 * whole, so that nothing half-written is ever found at `path`. A node's id is its row in `Detections`. Inside a result
 * folder it points to the label image.
 *
 * Node properties: t (frames), z (3D only), y, x, radius (micrometres; without a unit where it is not known), seg_id, tracklet, lineage, prob, area or
 * volume, touches_border, rescued, mean_intensity_c0 ..., prob_begins,
 * prob_ends, prob_divides; name, colour, tags, end, groups (texts, where people gave them); edge properties: prob, cost,
 * frame_interval.
 *
 * Source: GEFF specification, https://liveimagetrackingtools.org/geff/
 */
export async function writeGeff(path: string, lineage: Lineage, context: GeffContext): Promise<Exported> {
  const { detections, links } = lineage;
  const nodes = nodeColumns(lineage, context);
  const edges = edgeColumns(lineage);
  const labels = await labelsBeside(path);
  const temporary = `${path}.${process.pid}.tmp`;
  const ids = Uint32Array.from({ length: detections.count }, (_, i) => i);
  const ends = new Uint32Array(links.count * 2);
  for (let k = 0; k < links.count; k++) {
    ends[2 * k] = links.source[k];
    ends[2 * k + 1] = links.target[k];
  }
  try {
    await rm(temporary, { recursive: true, force: true });
    await createGroup(temporary, { geff: metadataOf(nodes, edges, context, labels) }, ZARR_FORMAT);
    await createGroup(join(temporary, 'nodes'), {}, ZARR_FORMAT);
    await writeColumn(join(temporary, 'nodes', 'ids'), 'uint32', [ids.length], ids);
    await writeColumns(join(temporary, 'nodes', 'props'), nodes);
    await createGroup(join(temporary, 'edges'), {}, ZARR_FORMAT);
    await writeColumn(join(temporary, 'edges', 'ids'), 'uint32', [links.count, 2], ends);
    await writeColumns(join(temporary, 'edges', 'props'), edges);
    await rm(path, { recursive: true, force: true });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined);
    throw asStorageError('geff', path, error);
  }
  const apart = context.labelImage !== undefined && labels === null;
  const masks = apart ? ['geff: the masks that seg_id names stay in the result, labels/cells'] : [];
  return { paths: [path], notes: [...masks, ...markNotes('geff', context.marks, MARKS)] };
}

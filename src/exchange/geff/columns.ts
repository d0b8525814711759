import type { TypedArray } from '../../array/index.ts';
import type { ZarrDtype } from '../../codec/zarr/types.ts';
import type { Lineage } from '../../lineage/types.ts';
import { ABOUT, markTexts } from '../marks.ts';
import type { ExportContext } from '../types.ts';

/** One property to be written: a column, its meaning, and where it has no value. */
export interface Column {
  id: string;
  dtype: ZarrDtype;
  /** Texts for dtype string. */
  values: TypedArray | readonly string[];
  /** 1 = no value here; null = a value everywhere. */
  missing: Uint8Array | null;
  unit: string | null;
  description: string;
}

const RESCUED = 'seen by the network below its threshold, and needed by the linker';

type Described = Pick<Column, 'unit' | 'description'>;

/** A column of measures; NaN becomes 0 and is marked missing. Null where no row has a value. */
function measured(id: string, values: Float32Array | Float64Array, about: Described): Column | null {
  const missing = new Uint8Array(values.length);
  let n = 0;
  for (let i = 0; i < values.length; i++) if (Number.isNaN(values[i])) missing[i] = ++n > 0 ? 1 : 0;
  if (n === values.length && n > 0) return null;
  const dtype = values instanceof Float32Array ? 'float32' : 'float64';
  if (n === 0) return { id, dtype, values, missing: null, ...about };
  const filled = values.slice();
  for (let i = 0; i < filled.length; i++) if (missing[i] === 1) filled[i] = 0;
  return { id, dtype, values: filled, missing, ...about };
}

/** A column that has a value in every row. */
function whole(
  id: string,
  dtype: ZarrDtype,
  values: TypedArray,
  unit: string | null,
  description: string,
): Column {
  return { id, dtype, values, missing: null, unit, description };
}

/** What people said, a property for each kind that there is. */
function markColumns(lineage: Lineage, marks: ExportContext['marks']): Column[] {
  const { texts, kinds } = markTexts(lineage, marks);
  return kinds.map((kind) => {
    const values = Array.from({ length: lineage.detections.count }, (_, row) => texts[kind](row));
    const missing = Uint8Array.from(values, (text) => (text === '' ? 1 : 0));
    return { id: kind, dtype: 'string', values, missing, unit: null, description: ABOUT[kind] };
  });
}

/** Node properties of a lineage. Columns without any value are left out; 2D has no z. */
export function nodeColumns(
  all: Lineage,
  {
    certainty,
    marks,
    voxelSizeKnown = true,
  }: Pick<ExportContext, 'certainty' | 'marks' | 'voxelSizeKnown'> = {},
): Column[] {
  const { detections: d, tracklet, lineage } = all;
  const um = voxelSizeKnown ? 'micrometer' : null;
  const columns: (Column | null)[] = [
    whole('t', 'int32', d.t, 'frame', 'frame index'),
    d.ndim === 3 ? whole('z', 'float64', d.z, um, 'centroid') : null,
    whole('y', 'float64', d.y, um, 'centroid'),
    whole('x', 'float64', d.x, um, 'centroid'),
    measured('radius', d.radius, { unit: um, description: 'radius of the disc or ball of equal size' }),
    labels(d.label),
    whole('tracklet', 'int32', tracklet, null, 'maximal unbranched path'),
    whole('lineage', 'int32', lineage, null, 'connected component'),
    measured('prob', d.prob, { unit: null, description: 'object probability' }),
    measured(d.ndim === 3 ? 'volume' : 'area', d.size, {
      unit: um === null ? null : `${um}^${d.ndim}`,
      description: 'size of the object',
    }),
    whole('touches_border', 'bool', d.border, null, 'touches the border of the image'),
    whole('rescued', 'bool', d.rescued ?? new Uint8Array(d.count), null, RESCUED),
  ];
  for (let c = 0; c < d.nChannels; c++) {
    const values = new Float32Array(d.count);
    for (let i = 0; i < d.count; i++) values[i] = d.intensity[i * d.nChannels + c];
    const about = { unit: null, description: `mean intensity in channel ${c}` };
    columns.push(measured(`mean_intensity_c${c}`, values, about));
  }
  if (certainty !== undefined) {
    const chance = (what: string): Described => ({ unit: null, description: `probability ${what}` });
    columns.push(
      measured('prob_begins', certainty.begins, chance('of having no predecessor')),
      measured('prob_ends', certainty.ends, chance('of having no successor')),
      measured('prob_divides', certainty.divides, chance('of the division, where it divides')),
    );
  }
  columns.push(...markColumns(all, marks));
  return columns.filter((column) => column !== null);
}

/** Labels in the label image; 0 is no label. Null where no row has one. */
function labels(label: Uint32Array): Column | null {
  const missing = Uint8Array.from(label, (value) => (value === 0 ? 1 : 0));
  const some = missing.includes(1);
  if (some && !missing.includes(0)) return null;
  const description = 'label in the label image of the frame';
  return {
    id: 'seg_id',
    dtype: 'uint32',
    values: label,
    missing: some ? missing : null,
    unit: null,
    description,
  };
}

/** Edge properties of a lineage. */
export function edgeColumns({ detections, links }: Lineage): Column[] {
  const interval = new Int32Array(links.count);
  for (let k = 0; k < links.count; k++)
    interval[k] = detections.t[links.target[k]] - detections.t[links.source[k]];
  const columns: (Column | null)[] = [
    measured('prob', links.prob, { unit: null, description: 'link probability' }),
    measured('cost', links.cost, { unit: null, description: 'cost the linker paid' }),
    whole('frame_interval', 'int32', interval, 'frame', 'target frame minus source frame'),
  ];
  return columns.filter((column) => column !== null);
}

import type { Lineage } from '../../lineage/types.ts';
import type { ExportContext } from '../types.ts';
import {
  type EdgeRow,
  edgeFeatures,
  type Feature,
  inFrames,
  spotFeatures,
  spotNames,
  type TrackRow,
  trackFeatures,
} from './features.ts';
import type { TrackMateFile } from './file.ts';
import type { Match } from './match.ts';
import { type LengthScale, secondsIn, sizeFactor } from './units.ts';
import { attributesOf } from './write.ts';
import { encodeText } from './xml.ts';

/** Features that every version of TrackMate declares. */
const CORE = new Set([
  ...['QUALITY', 'POSITION_X', 'POSITION_Y', 'POSITION_Z', 'POSITION_T', 'FRAME', 'RADIUS', 'VISIBILITY'],
  ...['SPOT_SOURCE_ID', 'SPOT_TARGET_ID', 'LINK_COST', 'TRACK_ID', 'TRACK_INDEX'],
]);

/** Texts of what is new, in the units of the file. */
interface NewParts {
  spot(row: number): string;
  /** `known`: the file's own text of an edge, by index. */
  track(row: TrackRow, known: ReadonlyMap<number, string>): string;
}

/** What is new, by the element at whose end it goes. */
export interface Additions {
  /**
   * @param name of the element that ends
   * @param frame of the list of spots that ends, or ended last
   * @param known see `NewParts.track`
   */
  into(name: string, frame: number, known: ReadonlyMap<number, string>): Generator<string>;
}

/** The lineage in the units of the file. */
function inFileUnits(
  file: TrackMateFile,
  lineage: Lineage,
  context: ExportContext,
  scale: LengthScale,
): { lineage: Lineage; context: ExportContext } {
  const { factors } = scale;
  const { detections: d } = lineage;
  const over = (values: Float64Array, factor: number): Float64Array => values.map((value) => value / factor);
  const [z, y, x] = [over(d.z, factors[0]), over(d.y, factors[1]), over(d.x, factors[2])];
  const detections = {
    ...{ ...d, z, y, x },
    radius: over(d.radius, factors[2]),
    size: over(d.size, sizeFactor(scale, d.ndim)),
  };
  const [dz, dy, dx] = context.voxelSize.map((size, axis) => size / factors[axis]);
  const { timeInterval } = file.image;
  const step = inFrames(context).timeStep;
  const timeStep = timeInterval > 0 ? timeInterval : step / (secondsIn(file.timeUnits) ?? 1);
  return { lineage: { ...lineage, detections }, context: { ...context, voxelSize: [dz, dy, dx], timeStep } };
}

function newParts(
  file: TrackMateFile,
  match: Match,
  { lineage, context }: { lineage: Lineage; context: ExportContext },
): NewParts {
  const known = <R>(features: Feature<R>[]): Feature<R>[] => {
    return features.filter(({ key }) => CORE.has(key) || file.declared.has(key));
  };
  const spots = known(spotFeatures(lineage, context).features);
  const edges = known<EdgeRow>(edgeFeatures(lineage, context, (row) => match.idOf[row]));
  const tracks = known(trackFeatures(lineage, context));
  const nameOf = spotNames(lineage, context.marks);
  return {
    spot(row) {
      const id = match.idOf[row];
      // Characters of the file are bytes.
      const name = Buffer.from(encodeText(nameOf(row, id)), 'utf8').toString('latin1');
      return `\n        <Spot ID="${id}" name="${name}"${attributesOf(spots, row)} />`;
    },
    track(row, texts) {
      const lines = row.links.map((link) => {
        const text = texts.get(match.edgeOf[link]);
        return `\n        ${text ?? `<Edge${attributesOf(edges, { link, track: row.id })} />`}`;
      });
      const open = `\n      <Track name="Track_${row.id}"${attributesOf(tracks, row)}>`;
      return `${open}${lines.join('')}\n      </Track>`;
    },
  };
}

/** What of a lineage is not in the file that it came from. */
export function createAdditions(
  file: TrackMateFile,
  match: Match,
  lineage: Lineage,
  context: ExportContext,
  scale: LengthScale,
): Additions {
  const parts = newParts(file, match, inFileUnits(file, lineage, context, scale));
  const { t } = lineage.detections;
  const rowsOf = new Map<number, number[]>();
  for (const row of match.newRows) {
    const rows = rowsOf.get(t[row]);
    if (rows) rows.push(row);
    else rowsOf.set(t[row], [row]);
  }
  function* spotsOf(frame: number): Generator<string> {
    for (const row of rowsOf.get(frame) ?? []) yield parts.spot(row);
    rowsOf.delete(frame);
  }
  return {
    *into(name, frame, known) {
      if (name === 'SpotsInFrame') yield* spotsOf(frame);
      if (name === 'AllSpots') {
        for (const left of [...rowsOf.keys()]) {
          yield `\n      <SpotsInFrame frame="${left}">`;
          yield* spotsOf(left);
          yield '\n      </SpotsInFrame>';
        }
      }
      if (name === 'AllTracks') for (const row of match.newTracks) yield parts.track(row, known);
      if (name !== 'FilteredTracks') return;
      for (const { id } of match.newTracks) yield `\n      <TrackID TRACK_ID="${id}" />`;
    },
  };
}

import type { Lineage } from '../../lineage/types.ts';
import { countFrames } from '../build.ts';
import { markNotes } from '../marks.ts';
import { radiusNotes } from '../shortfalls.ts';
import { writeTextAtomic } from '../textFile.ts';
import type { ExportContext, Exported } from '../types.ts';
import {
  edgeFeatures,
  type Feature,
  findTracks,
  HELD_MARKS,
  inFrames,
  spotFeatures,
  spotNames,
  trackFeatures,
  unitsOf,
} from './features.ts';
import { encodeText } from './xml.ts';

/** Version of TrackMate whose form is written. */
const VERSION = '7.13.2';

/** ` KEY="value"` of the features that have a value. */
export function attributesOf<R>(features: readonly Feature<R>[], row: R): string {
  let text = '';
  for (const feature of features) {
    const value = feature.text(row);
    if (value !== '') text += ` ${feature.key}="${value}"`;
  }
  return text;
}

function declare(kind: string, features: readonly Feature<never>[]): string {
  const lines = features.map(({ key, name, short, dimension, whole }) => {
    const names = `feature="${key}" name="${name}" shortname="${short}"`;
    return `        <Feature ${names} dimension="${dimension}" isint="${whole}" />\n`;
  });
  return `      <${kind}>\n${lines.join('')}      </${kind}>\n`;
}

/** Width, height and planes of the movie: of its label images where there are some, else of what holds the cells. */
async function movieShape(
  { detections: d }: Lineage,
  context: ExportContext,
): Promise<[number, number, number]> {
  const { labelImage, voxelSize } = context;
  const shape = labelImage ? (await labelImage(0).catch(() => null))?.shape : undefined;
  if (shape) return shape.length === 3 ? [shape[0], shape[1], shape[2]] : [1, shape[0], shape[1]];
  const extent = (values: Float64Array, size: number): number => {
    return values.reduce((max, value) => Math.max(max, Math.ceil(value / size) + 1), 1);
  };
  const planes = d.ndim === 3 ? Math.max(2, extent(d.z, voxelSize[0])) : 1;
  return [planes, extent(d.y, voxelSize[1]), extent(d.x, voxelSize[2])];
}

/** The movie, and tracking by hand, so that TrackMate opens the file without a complaint. */
async function settings(lineage: Lineage, context: ExportContext, nFrames: number): Promise<string> {
  const [planes, height, width] = await movieShape(lineage, context);
  const [dz, dy, dx] = context.voxelSize;
  const size = `width="${width}" height="${height}" nslices="${planes}" nframes="${nFrames}"`;
  const scale = `pixelwidth="${dx}" pixelheight="${dy}" voxeldepth="${dz}" timeinterval="${context.timeStep}"`;
  const ends = `xstart="0" xend="${width - 1}" ystart="0" yend="${height - 1}" zstart="0" zend="${planes - 1}"`;
  return [
    '  <Settings>\n',
    `    <ImageData filename="${encodeText(context.name)}" folder="" ${size} ${scale} />\n`,
    `    <BasicSettings ${ends} tstart="0" tend="${Math.max(0, nFrames - 1)}" />\n`,
    `    <DetectorSettings DETECTOR_NAME="MANUAL_DETECTOR" RADIUS="${5 * dx}" />\n`,
    '    <InitialSpotFilter feature="QUALITY" value="0.0" isabove="true" />\n',
    '    <SpotFilterCollection />\n',
    '    <TrackerSettings TRACKER_NAME="MANUAL_TRACKER" />\n',
    '    <TrackFilterCollection />\n',
    '  </Settings>\n',
    '  <GUIState state="ConfigureViews" />\n',
  ].join('');
}

/** The file, piece by piece. A spot's ID is its row, a track's its number in order of lineages. */
async function* documentOf(
  lineage: Lineage,
  given: ExportContext,
  spots: readonly Feature<number>[],
): AsyncGenerator<string> {
  const context = inFrames(given);
  const { detections: d } = lineage;
  const nFrames = context.nFrames ?? countFrames(d);
  const edges = edgeFeatures(lineage, context, (row) => row);
  const about = trackFeatures(lineage, context);
  const { tracks } = findTracks(lineage);
  const nameOf = spotNames(lineage, context.marks);
  const units = unitsOf(given);
  yield `<?xml version="1.0" encoding="UTF-8"?>\n<TrackMate version="${VERSION}">\n  <Log />\n`;
  yield `  <Model spatialunits="${units.length}" timeunits="${units.time}">\n    <FeatureDeclarations>\n`;
  yield declare('SpotFeatures', spots) + declare('EdgeFeatures', edges) + declare('TrackFeatures', about);
  yield `    </FeatureDeclarations>\n    <AllSpots nspots="${d.count}">\n`;
  for (let i = 0; i < d.count; i++) {
    if (i === 0 || d.t[i] !== d.t[i - 1]) yield `      <SpotsInFrame frame="${d.t[i]}">\n`;
    yield `        <Spot ID="${i}" name="${encodeText(nameOf(i, i))}"${attributesOf(spots, i)} />\n`;
    if (i === d.count - 1 || d.t[i] !== d.t[i + 1]) yield '      </SpotsInFrame>\n';
  }
  yield '    </AllSpots>\n    <AllTracks>\n';
  for (const track of tracks) {
    yield `      <Track name="Track_${track.id}"${attributesOf(about, track)}>\n`;
    for (const link of track.links) {
      yield `        <Edge${attributesOf(edges, { link, track: track.id })} />\n`;
    }
    yield '      </Track>\n';
  }
  yield '    </AllTracks>\n    <FilteredTracks>\n';
  for (const { id } of tracks) yield `      <TrackID TRACK_ID="${id}" />\n`;
  yield `    </FilteredTracks>\n  </Model>\n${await settings(lineage, context, nFrames)}</TrackMate>\n`;
}

/**
 * Writes a TrackMate session: every detection as a spot (ID = row), every lineage with a link as a track, all visible;
 * micrometres and seconds, pixels and frames where those are not known. Labels of the masks and probabilities of links are features of our own (`MASK_LABEL`,
 * `LINK_PROBABILITY`); an unknown quality or cost is -1.
 *
 * Source: TrackMate file format, https://imagej.net/plugins/trackmate/
 */
export async function writeNew(path: string, lineage: Lineage, context: ExportContext): Promise<Exported> {
  const { features, madeUp } = spotFeatures(lineage, inFrames(context));
  await writeTextAtomic(path, documentOf(lineage, context, features));
  const notes = [...radiusNotes('trackmate', madeUp), ...markNotes('trackmate', context.marks, HELD_MARKS)];
  return { paths: [path], notes };
}

import { MorulaError } from '../../errors/index.ts';
import { MAX_ROWS } from '../csv.ts';
import { type Grown, growing } from '../grow.ts';
import { attribute, decodeText, readXml, type XmlToken } from './xml.ts';

/** Spots of a file as columns; the file's units. NaN = no such attribute. */
export interface Spots {
  id: Grown;
  frame: Grown;
  z: Grown;
  y: Grown;
  x: Grown;
  radius: Grown;
  quality: Grown;
  visibility: Grown;
  area: Grown;
  volume: Grown;
  label: Grown;
  /** MANUAL_SPOT_COLOR. */
  colour: Grown;
  /** Names but those that TrackMate gives itself, by index. */
  names: Map<number, string>;
  /** Index c: MEAN_INTENSITY_CH(c+1). */
  intensity: Grown[];
  line: Grown;
}

/** Edges of a file as columns, as they stand there. */
export interface Edges {
  source: Grown;
  target: Grown;
  cost: Grown;
  prob: Grown;
  /** Index of the track. */
  track: Grown;
  line: Grown;
}

/** What a TrackMate file says, besides what is only carried along. */
export interface TrackMateFile {
  place: string;
  spatialUnits: string;
  timeUnits: string;
  /** Of the movie; NaN = not said. Sizes in the file's unit. */
  image: { nFrames: number; nSlices: number; pixel: [number, number, number]; timeInterval: number };
  spots: Spots;
  edges: Edges;
  /** TRACK_ID by index. */
  trackIds: number[];
  /** TRACK_ID of the visible tracks; null = the file does not say, all are. */
  visible: Set<number> | null;
  /** Names of the declared features. */
  declared: Set<string>;
  /** Names of the parts that are there, of `SECTIONS`. */
  sections: Set<string>;
}

/** Names of the outermost element of TrackMate and of MaMuT, which has the same form. */
const ROOTS: readonly string[] = ['TrackMate', 'MaMuT'];

/** Channels that are read at most. */
const MAX_CHANNELS = 64;

function emptyFile(place: string): TrackMateFile {
  const columns = <K extends string>(...names: K[]): Record<K, Grown> => {
    return Object.fromEntries(names.map((name) => [name, growing()])) as Record<K, Grown>;
  };
  const { NaN: none } = Number;
  return {
    place,
    spatialUnits: '',
    timeUnits: '',
    image: { nFrames: none, nSlices: none, pixel: [none, none, none], timeInterval: none },
    spots: {
      ...columns('id', 'frame', 'z', 'y', 'x', 'radius', 'quality', 'visibility', 'area', 'volume'),
      ...columns('label', 'line', 'colour'),
      names: new Map(),
      intensity: [],
    },
    edges: columns('source', 'target', 'cost', 'prob', 'track', 'line'),
    trackIds: [],
    visible: null,
    declared: new Set(),
    sections: new Set(),
  };
}

/** The elements of a file, checked one by one. */
interface Checks {
  bad(token: XmlToken, message: string): never;
  /** NaN where the attribute is absent. */
  number(token: XmlToken, name: string): number;
  /** @throws where it is absent or not whole */
  whole(token: XmlToken, name: string): number;
  /** @throws where it is absent or not finite */
  finite(token: XmlToken, name: string): number;
}

function checksOf(place: string): Checks {
  const bad = (token: XmlToken, message: string): never => {
    throw new MorulaError('invalid-data', `${place}: line ${token.line}: <${token.name}>: ${message}`);
  };
  const number = (token: XmlToken, name: string): number => {
    const text = attribute(token, name);
    if (text === undefined) return Number.NaN;
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (Number.isNaN(value) && text !== 'NaN')
      bad(token, `${name} must be a number, got ${JSON.stringify(text)}`);
    return value;
  };
  const must = (kind: string, holds: (value: number) => boolean) => (token: XmlToken, name: string) => {
    const value = number(token, name);
    if (!holds(value)) bad(token, `${name} must be ${kind}, got ${attribute(token, name) ?? 'nothing'}`);
    return value;
  };
  return {
    bad,
    number,
    whole: must('a whole number', Number.isSafeInteger),
    finite: must('a finite number', Number.isFinite),
  };
}

/** Frame of a spot: its own, or that of the list that it stands in. */
function frameOf(token: XmlToken, listFrame: number, { bad, number }: Checks): number {
  const own = number(token, 'FRAME');
  const frame = Number.isNaN(own) ? listFrame : own;
  if (!Number.isInteger(frame) || frame < 0 || frame >= 2 ** 31) {
    bad(token, `FRAME must be a frame number of 0 or more, got ${attribute(token, 'FRAME') ?? 'nothing'}`);
  }
  return frame;
}

function addSpot(spots: Spots, token: XmlToken, listFrame: number, checks: Checks): void {
  const { number, whole, finite, bad } = checks;
  spots.id.push(whole(token, 'ID'));
  spots.frame.push(frameOf(token, listFrame, checks));
  spots.x.push(finite(token, 'POSITION_X'));
  spots.y.push(finite(token, 'POSITION_Y'));
  spots.z.push(attribute(token, 'POSITION_Z') === undefined ? 0 : finite(token, 'POSITION_Z'));
  spots.radius.push(number(token, 'RADIUS'));
  spots.quality.push(number(token, 'QUALITY'));
  spots.visibility.push(number(token, 'VISIBILITY'));
  spots.area.push(number(token, 'AREA'));
  spots.volume.push(number(token, 'VOLUME'));
  spots.label.push(number(token, 'MASK_LABEL'));
  spots.colour.push(number(token, 'MANUAL_SPOT_COLOR'));
  const name = decodeText(attribute(token, 'name') ?? '');
  if (name !== '' && name !== `ID${attribute(token, 'ID') ?? ''}`) spots.names.set(spots.line.count, name);
  spots.line.push(token.line);
  while (
    spots.intensity.length < MAX_CHANNELS &&
    attribute(token, `MEAN_INTENSITY_CH${spots.intensity.length + 1}`) !== undefined
  ) {
    spots.intensity.push(growing());
  }
  for (const [c, column] of spots.intensity.entries()) {
    while (column.count < spots.id.count - 1) column.push(Number.NaN);
    column.push(number(token, `MEAN_INTENSITY_CH${c + 1}`));
  }
  if (spots.id.count > MAX_ROWS) bad(token, `there must be ${MAX_ROWS} spots at most, found more`);
}

function addEdge(file: TrackMateFile, token: XmlToken, checks: Checks): void {
  const { number, whole } = checks;
  const { edges, trackIds } = file;
  if (trackIds.length === 0) checks.bad(token, 'must stand in a <Track>');
  edges.source.push(whole(token, 'SPOT_SOURCE_ID'));
  edges.target.push(whole(token, 'SPOT_TARGET_ID'));
  edges.cost.push(number(token, 'LINK_COST'));
  edges.prob.push(number(token, 'LINK_PROBABILITY'));
  edges.track.push(trackIds.length - 1);
  edges.line.push(token.line);
}

function readImage({ image }: TrackMateFile, token: XmlToken, { number }: Checks): void {
  image.nFrames = number(token, 'nframes');
  image.nSlices = number(token, 'nslices');
  image.pixel = [number(token, 'voxeldepth'), number(token, 'pixelheight'), number(token, 'pixelwidth')];
  image.timeInterval = number(token, 'timeinterval');
}

/** Parts of a file whose elements are read; elements of other parts are carried along. */
const SECTIONS: readonly string[] = ['AllSpots', 'AllTracks', 'FilteredTracks', 'Settings'];

/**
 * Reads a TrackMate (or MaMuT) file, element by element, into columns.
 *
 * @throws `not-found`, `invalid-data` (exit 65) that names line and element
 */
export async function readFile(path: string): Promise<TrackMateFile> {
  const place = `trackmate: ${path}`;
  const file = emptyFile(place);
  const checks = checksOf(place);
  let root = '';
  let model = false;
  let section = '';
  let listFrame = Number.NaN;
  const begin = (token: XmlToken): void => {
    const { name } = token;
    if (root === '') {
      root = name;
      if (ROOTS.includes(root)) return;
      const remedy = root === 'Tracks' ? '; save the session, tracks alone hold no divisions' : '';
      checks.bad(token, `the outermost element must be <TrackMate>, found this one${remedy}`);
    }
    if (name === 'Feature' && section === '') file.declared.add(attribute(token, 'feature') ?? '');
    else if (name === 'Model') {
      model = true;
      file.spatialUnits = decodeText(attribute(token, 'spatialunits') ?? '');
      file.timeUnits = decodeText(attribute(token, 'timeunits') ?? '');
    } else if (section === '' && SECTIONS.includes(name)) {
      if (token.kind === 'open') section = name;
      file.sections.add(name);
      if (name === 'FilteredTracks') file.visible = new Set();
    } else if (section === 'AllSpots' && name === 'SpotsInFrame') listFrame = checks.number(token, 'frame');
    else if (section === 'AllSpots' && name === 'Spot') addSpot(file.spots, token, listFrame, checks);
    else if (section === 'AllTracks' && name === 'Track') file.trackIds.push(checks.whole(token, 'TRACK_ID'));
    else if (section === 'AllTracks' && name === 'Edge') addEdge(file, token, checks);
    else if (section === 'FilteredTracks' && name === 'TrackID') {
      file.visible?.add(checks.whole(token, 'TRACK_ID'));
    } else if (section === 'Settings' && name === 'ImageData') readImage(file, token, checks);
  };
  for await (const tokens of readXml(path, place)) {
    for (const token of tokens) {
      if (token.kind === 'open' || token.kind === 'empty') begin(token);
      else if (token.kind === 'close' && token.name === section) section = '';
    }
  }
  if (!model) throw new MorulaError('invalid-data', `${place}: <${root}> must hold a <Model>, found none`);
  for (const column of file.spots.intensity) {
    while (column.count < file.spots.id.count) column.push(Number.NaN);
  }
  return file;
}

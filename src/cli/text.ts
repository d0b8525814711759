import { join } from 'node:path';
import { quoted } from '../errors/index.ts';
import type { DeviceOffer, ModelReport } from '../model/index.ts';
import {
  arraySyntax,
  type LinkReport,
  type ResultDescription,
  type SegmentReport,
  type TrackReport,
  type TracksDescription,
} from '../pipeline/index.ts';
import type { MovieInfo } from '../read/types.ts';
import type { RunFile, Summary } from '../store/index.ts';
import { networkWords, normaliseWords, restores, thresholdWords } from './modelWords.ts';
import { duration } from './reporter.ts';

const count = (n: number): string => n.toLocaleString('en');
/** `1 frame`, `1,200 frames`. */
export const some = (n: number, one: string, many = `${one}s`): string =>
  `${count(n)} ${n === 1 ? one : many}`;

const rate = (n: number): string => (n >= 10 ? count(Math.round(n)) : n.toPrecision(2));

/** The end of `track`. */
export function trackText(folder: string, { segment, link, seconds }: TrackReport): string {
  return [
    movieLine(segment.run),
    segmentedLine(segment),
    ...maskedLines(segment.masked),
    ...summaryLines(link.summary, link.run),
    `time        ${duration(seconds)}${link.fresh || segment.fresh > 0 ? '' : ' (everything stood already)'}`,
    ...whereLines(folder),
  ].join('\n');
}

/** The end of `segment`. @param planned a task of a plan, which says how to link */
export function segmentText(folder: string, report: SegmentReport, planned: boolean): string {
  return [
    movieLine(report.run),
    segmentedLine(report),
    ...maskedLines(report.masked),
    `cells       ${some(report.detections, 'detection')} in these frames`,
    `result      ${folder}`,
    `link it     morula link ${quoted(folder)}${planned ? ' --planned' : ''}`,
  ].join('\n');
}

/** The end of `link`. */
export function linkText(folder: string, report: LinkReport): string {
  return [
    movieLine(report.run),
    ...summaryLines(report.summary, report.run),
    `time        ${duration(report.seconds)}${report.fresh ? '' : ' (everything stood already)'}`,
    ...whereLines(folder),
  ].join('\n');
}

/** `movie       hela: 92 frames of 700 x 1100 px, 0.645 um/px, every 30 min`. */
export function movieLine({ movie }: RunFile): string {
  const [z, y, x] = movie.shape;
  const size = y === 0 ? '' : ` of ${movie.ndim === 3 ? `${z} x ` : ''}${y} x ${x} px`;
  const scale = y > 0 ? `, ${scaleWords(movie)}` : movie.voxelSizeKnown ? '' : ', pixel size not known';
  const time = movie.timeStepKnown ? `every ${interval(movie.timeStep)}` : 'time step not known';
  return `movie       ${movie.name}: ${some(movie.nFrames, 'frame')}${size}${scale}, ${time}`;
}

const UNITS = { micrometer: 'micrometres', pixel: 'pixels', unknown: 'not known' } as const;

/** `info` of somebody's tracks. */
export function tracksText(path: string, found: TracksDescription): string {
  const time = found.timeStep === null ? 'time step not known' : `every ${interval(found.timeStep)}`;
  return [
    `tracks      ${path}: ${found.title}`,
    `frames      ${count(found.frames)}, ${time}`,
    `cells       ${some(found.cells, 'detection')} in ${found.ndim}D`,
    `links       ${count(found.links)}, ${some(found.divisions, 'division')}`,
    `lengths     ${UNITS[found.unit]}`,
    ...found.warnings.map((line) => `note        ${line}`),
    `import it   morula import ${quoted(path)}`,
  ].join('\n');
}

function scaleWords({ ndim, voxelSize, voxelSizeKnown }: RunFile['movie']): string {
  if (!voxelSizeKnown) return 'pixel size not known (lengths are in pixels)';
  const [dz, dy, dx] = voxelSize.map((v) => Number(v.toPrecision(4)));
  if (ndim === 3) return `${dz} x ${dy} x ${dx} um`;
  return dy === dx ? `${dy} um/px` : `${dy} x ${dx} um`;
}

/** `30 s`, `29 min`, `1.5 h`. */
function interval(seconds: number): string {
  if (seconds < 120) return `${Number(seconds.toPrecision(3))} s`;
  if (seconds < 7200) return `${Number((seconds / 60).toPrecision(3))} min`;
  return `${Number((seconds / 3600).toPrecision(3))} h`;
}

function segmentedLine({ fresh, kept, seconds, device }: SegmentReport): string {
  if (fresh === 0) return `segmented   ${some(kept, 'frame')}, all done before`;
  const before = kept > 0 ? `, ${count(kept)} done before` : '';
  return `segmented   ${some(fresh, 'frame')} in ${duration(seconds)} (${rate(fresh / seconds)} frames/s) on ${device}${before}`;
}

function maskedLines(frames: readonly number[]): string[] {
  if (frames.length === 0) return [];
  return [
    `masked      chunks that do not decode, in ${some(frames.length, 'frame')}: ${arraySyntax(frames)}`,
  ];
}

function summaryLines(summary: Summary, run: RunFile): string[] {
  const { detections, divisions, lineages, tracklets, links, maxDistance, motion, gap, edits } = summary;
  const { rescued = 0 } = summary;
  const perFrame = summary.frames > 0 ? Math.round(detections / summary.frames) : 0;
  const found = run.link?.maxDistance === null ? ', found from the data' : '';
  return [
    `cells       ${some(detections, 'detection')}, about ${count(perFrame)} in a frame`,
    ...(rescued === 0
      ? []
      : [
          `rescued     ${count(rescued)} of them, dim ones that tracks asked for (--no-rescue leaves them out)`,
        ]),
    `divisions   ${count(divisions)}`,
    `lineages    ${count(lineages)} with ${some(tracklets, 'tracklet')}, ${some(links, 'link')}`,
    ...(edits === undefined ? [] : [`edits       ${count(edits)} by hand, all in these numbers`]),
    ...(maxDistance === null ? [] : [`reach       ${maxDistance.toPrecision(3)} um a frame${found}`]),
    ...(motion === undefined ? [] : [motionLine(motion, summary.frames - 1)]),
    ...(summary.doubt === undefined ? [] : [doubtLine(summary.doubt)]),
    ...(gap === undefined
      ? []
      : [
          `solution    ${gap < 1e-3 ? 'exact' : `within ${gap.toPrecision(2)} of the best`} (gap ${gap.toFixed(3)})`,
        ]),
  ];
}

/** What the linker expects of itself. */
function doubtLine({ links, divisions, doubtful }: NonNullable<Summary['doubt']>): string {
  const about = (n: number): string => (n < 10 ? n.toFixed(1) : count(Math.round(n)));
  return (
    `certainty   about ${about(links)} links and ${about(divisions)} divisions wrong by its own probabilities; ` +
    `${count(doubtful)} below 0.9`
  );
}

/** What of the movement is shared by all cells, or by neighbours. */
function motionLine({ drift, flow, before, after }: NonNullable<Summary['motion']>, steps: number): string {
  if (drift === 0 && flow === 0) return 'motion      none that cells share';
  return (
    `motion      drift in ${count(drift)} and flow in ${count(flow)} of ${count(steps)} steps; ` +
    `a cell's own step ${after.toPrecision(3)} of ${before.toPrecision(3)} um`
  );
}

function whereLines(folder: string): string[] {
  return [
    `tables      ${join(folder, 'tables')}: nodes, tracklets, divisions, counts (.csv)`,
    `graph       ${join(folder, 'tracks.geff')}`,
    `see it      morula view ${quoted(folder)}`,
  ];
}

/** `info` of a movie. */
export function movieInfoText(info: MovieInfo): string {
  const [z, y, x] = info.shape;
  const [dz, dy, dx] = info.voxelSize;
  const pixels = info.ndim === 3 ? `${z} x ${y} x ${x} (z y x)` : `${y} x ${x} (y x)`;
  const size = info.ndim === 3 ? `${dz} x ${dy} x ${dx} um (z y x)` : `${dy} x ${dx} um (y x)`;
  const channels = info.channels.map((channel) => `${channel.index} ${channel.name}`).join(', ');
  return [
    `movie       ${info.name}`,
    `format      ${info.format}`,
    `frames      ${count(info.nFrames)}, ${info.timeStepKnown ? `every ${interval(info.timeStep)}` : 'time step not known (give --time-step)'}`,
    `pixels      ${pixels}, ${info.dtype}`,
    `pixel size  ${info.voxelSizeKnown ? size : 'not known (give --pixel-size)'}`,
    `channels    ${channels}`,
    `levels      ${info.levels.map((level, k) => `${k}: ${level.shape.join(' x ')}`).join(', ')}`,
    ...info.warnings.map((warning) => `note        ${warning}`),
  ].join('\n');
}

/** `channel 0`, `channels 0, 1, 2`. */
function channelWords(channel: RunFile['segment']['channel']): string {
  return typeof channel === 'number' ? `channel ${channel}` : `channels ${channel.join(', ')}`;
}

/** A semantic network's objects do not overlap, and its threshold is 0. */
const overlapWords = (threshold: number): string => (threshold > 0 ? `, overlap ${threshold}` : '');

/** `info` of a result. */
export function resultText(folder: string, { run, missing, masked, weak, notes }: ResultDescription): string {
  const { movie, segment, link } = run;
  const how =
    segment.kind === 'import'
      ? `imported from ${segment.model}`
      : `${segment.model} (prob ${segment.probThreshold}${overlapWords(segment.nmsThreshold)}), ${channelWords(segment.channel)}${segment.restore === undefined ? '' : `, restored by ${segment.restore.model}`}`;
  const linked =
    link === null
      ? `not linked yet: morula link ${quoted(folder)}`
      : `${link.kind}${link.kind === 'lap' ? `, at most ${some(link.maxFrameInterval, 'frame')} a link` : ''}`;
  return [
    movieLine(run),
    `image       ${movie.path ?? 'none'}`,
    `segmented   ${missing === 0 ? 'all frames' : `${count(movie.nFrames - missing)} of ${some(movie.nFrames, 'frame')}`}, ${how}`,
    ...maskedLines(masked),
    ...(run.devices === undefined ? [] : [`device      ${run.devices.join(', ')}`]),
    ...(weak === 0
      ? []
      : [`below       ${some(weak, 'candidate')} under the threshold, to mend missed cells from`]),
    `linked      ${linked}${link?.constraints === undefined ? '' : ', under the constraints of a file'}`,
    ...(run.summary === null ? [] : [...summaryLines(run.summary, run), ...whereLines(folder)]),
    ...notes.map((note) => `note        ${note}`),
  ].join('\n');
}

/** The devices of this machine. */
export function deviceLines(offers: readonly DeviceOffer[]): string[] {
  return offers.map(({ device, lacks }) =>
    lacks === null
      ? `device      ${device}${device === 'cpu' ? '' : ` (try it: morula models check nuclei-2d --device ${device})`}`
      : `no device   ${device}: ${lacks}`,
  );
}

/** `info` of a model, and `models check`. */
export function modelText(report: ModelReport): string {
  const { manifest } = report;
  const port = (p: ModelReport['inputs'][number]): string => `${p.name} ${p.type} [${p.shape.join(', ')}]`;
  return [
    `model       ${manifest.name}: ${networkWords(manifest)}`,
    `file        ${report.path}, ${(report.bytes / 1e6).toFixed(1)} MB`,
    `input       ${report.inputs.map(port).join('; ')}, ${manifest.layout}, multiples of ${manifest.divisibleBy.join(' x ')} px`,
    `outputs     ${report.outputs.map(port).join('; ')}`,
    `normalise   ${normaliseWords(manifest)}`,
    ...(restores(manifest) ? [] : [`thresholds  ${thresholdWords(manifest)}`]),
    ...(manifest.objectDiameterPx === null
      ? []
      : [`made for    objects of about ${manifest.objectDiameterPx} px across`]),
    `speed       ${report.ms.toFixed(0)} ms for ${report.probeSize.join(' x ')} px on ${report.device === 'cpu' ? 'one core' : report.device}`,
    ...(report.difference === null
      ? []
      : [`numbers     within ${report.difference.toPrecision(1)} of the cpu's`]),
    ...report.warnings.map((warning) => `note        ${warning}`),
  ].join('\n');
}

import type { Command } from 'commander';
import { MorulaError } from '../../errors/index.ts';
import type { MotionChoice } from '../../link/types.ts';
import type { Device } from '../../model/index.ts';
import {
  defaultResultFolder,
  type LinkJob,
  linkPlanned,
  linkResult,
  type SegmentJob,
  segmentMovie,
  trackMovie,
} from '../../pipeline/index.ts';
import type { PlanFile } from '../../store/index.ts';
import { action, type Context, type Outcome } from '../action.ts';
import { hooksOf } from '../hooks.ts';
import {
  addCommonOptions,
  addLinkOptions,
  addSegmentOptions,
  type CommonOptions,
  frameRange,
  integer,
  needed,
} from '../options.ts';
import { fillFromPlan, framesAsked, type TaskFlags } from '../planned.ts';
import { linkText, segmentText, trackText } from '../text.ts';

export interface SegmentFlags extends CommonOptions {
  output?: string;
  model?: string;
  restore?: string;
  channel?: number | string;
  level: number;
  device: Device;
  frameTimeout?: number;
  workers?: number;
  threads: number;
  memory?: number;
  probThreshold?: number;
  nmsThreshold?: number;
  pixelSize?: number[];
  timeStep?: number;
  objectDiameter?: number;
  onBadChunk: 'fail' | 'mask';
  requireChunks?: boolean;
  omeZarr: '0.4' | '0.5';
  frames?: [number, number];
}

/** What `segment` has besides. */
interface SliceFlags extends SegmentFlags, TaskFlags {
  /** Where no movie is given: what is planned for the result. */
  plan?: PlanFile;
}

export interface LinkFlags extends CommonOptions {
  linker: 'lap' | 'global';
  maxDistance?: number;
  maxFrameInterval: number;
  divisions: boolean;
  motion: MotionChoice;
  rescue: boolean;
  scorer: string;
  constraints?: string;
  planned?: boolean;
  frames?: [number, number];
}

/** `track`: the main job. */
export function defineTrack(program: Command): void {
  const command = program
    .command('track <movie>')
    .description('segment and link a movie: cells, divisions, tables. Goes on where a stopped run stood')
    .option('-o, --output <result>', 'result folder (default: <movie name>.morula)');
  addLinkOptions(addSegmentOptions(addCommonOptions(command))).action(
    action(async (context, options: SegmentFlags & LinkFlags, movie: string): Promise<Outcome> => {
      const job = segmentJob(movie, options);
      const report = await trackMovie(job, linkOptions(options), hooksOf(context));
      return { json: trackJson(job.folder, report), text: trackText(job.folder, report) };
    }),
  );
}

/** `segment`: the first half alone. */
export function defineSegment(program: Command): void {
  const command = program
    .command('segment [movie]')
    .description(
      'segment the frames of a movie, without linking; without a movie: one task of the plan in -o',
    )
    .option('-o, --output <result>', 'result folder (default: <movie name>.morula)')
    .option(
      '--frames <a:b>',
      'frames a to b - 1 alone, so that slices can run on different machines',
      frameRange,
    )
    .option(
      '--index <k>',
      "task k of the plan, from 0 (default: the number that a scheduler's array gives)",
      integer(0),
    )
    .option('--index-offset <n>', 'is added to the number of the task', integer(0), 0);
  addSegmentOptions(addCommonOptions(command)).action(
    action(segmentSlice, async (slice, movie?: string) => {
      const { output, overwrite } = slice.opts<SliceFlags>();
      if (movie !== undefined) return;
      if (overwrite) {
        throw new MorulaError(
          'usage',
          '--overwrite: a task starts nothing anew; use morula plan --overwrite',
        );
      }
      await fillFromPlan(slice, needed('--output', output), 'segment');
    }),
  );
}

/** The body of `segment`. */
async function segmentSlice(context: Context, options: SliceFlags, movie?: string): Promise<Outcome> {
  const { plan, index, output } = options;
  if (plan === undefined && index !== undefined) {
    throw new MorulaError(
      'usage',
      '--index: names a task of a plan; leave <movie> out, or give --frames a:b',
    );
  }
  const frames = plan === undefined ? options.frames : framesAsked(plan, options);
  if (frames === null) {
    const none = {
      result: output,
      frames: 0,
      segmented: 0,
      kept: 0,
      masked: [],
      device: null,
      detections: 0,
      seconds: 0,
    };
    return { json: none, text: 'segmented   nothing: the plan ends before this task' };
  }
  const job = segmentJob(plan?.movie ?? movie!, { ...options, ...(frames === undefined ? {} : { frames }) });
  const report = await segmentMovie(job, hooksOf(context));
  const { fresh, kept, masked, device, detections, seconds } = report;
  return {
    json: {
      result: job.folder,
      frames: fresh + kept,
      segmented: fresh,
      kept,
      masked,
      device,
      detections,
      seconds,
    },
    text: segmentText(job.folder, report, plan !== undefined),
  };
}

/** `link`: the second half alone. */
export function defineLink(program: Command): void {
  const command = program
    .command('link <result>')
    .description('link the detections of a result through time, and write graph and tables')
    .option(
      '--constraints <file.jsonl>',
      'what is known, a JSON object a line: {"constraint": "must-link", "source": "3.17", "target": "4.20"}; ' +
        'cannot-link; and with "node": must-divide, cannot-divide, forbidden, required, begins, ends, frozen',
    )
    .option(
      '--frames <a:b>',
      'begin with frames a to b - 1, and share the work with other machines that link the rest; each ends with all linked',
      frameRange,
    )
    .option('--planned', 'with the options of the plan, and when every frame is there (else exit 75)');
  addLinkOptions(addCommonOptions(command)).action(
    action(
      async (context, options: LinkFlags, folder: string): Promise<Outcome> => {
        const link = options.planned ? linkPlanned : linkResult;
        const report = await link(folder, linkOptions(options), options.overwrite ?? false, hooksOf(context));
        return {
          json: { result: folder, ...report.summary, seconds: report.seconds },
          text: linkText(folder, report),
        };
      },
      async (link, folder) => {
        if (link.opts<LinkFlags>().planned) await fillFromPlan(link, folder, 'link');
      },
    ),
  );
}

export function segmentJob(movie: string, options: SegmentFlags): SegmentJob {
  const { pixelSize, timeStep, level, frames, workers, probThreshold, nmsThreshold, objectDiameter } =
    options;
  if (movie.trim() === '')
    throw new MorulaError('usage', 'track: <movie> must be a path or an address, got nothing');
  return {
    source: {
      path: movie,
      level,
      ...(pixelSize === undefined ? {} : { pixelSize }),
      ...(timeStep === undefined ? {} : { timeStep }),
      ...(options.onBadChunk === 'mask' ? { badChunks: 'mask' as const } : {}),
      ...(options.requireChunks ? { requireChunks: true as const } : {}),
    },
    folder: options.output ?? defaultResultFolder(movie),
    device: options.device,
    threads: options.threads,
    omeZarr: options.omeZarr,
    overwrite: options.overwrite ?? false,
    ...(options.channel === undefined ? {} : { channel: options.channel }),
    ...(options.model === undefined ? {} : { model: options.model }),
    ...(options.restore === undefined ? {} : { restore: options.restore }),
    ...(workers === undefined ? {} : { workers }),
    ...(options.frameTimeout === undefined ? {} : { frameTimeout: options.frameTimeout }),
    ...(options.memory === undefined ? {} : { memory: options.memory }),
    ...(probThreshold === undefined ? {} : { probThreshold }),
    ...(nmsThreshold === undefined ? {} : { nmsThreshold }),
    ...(objectDiameter === undefined ? {} : { objectDiameter }),
    ...(frames === undefined ? {} : { frames }),
  };
}

export function linkOptions(options: LinkFlags): LinkJob {
  return {
    linker: options.linker,
    maxDistance: options.maxDistance ?? Number.NaN,
    maxFrameInterval: options.maxFrameInterval,
    divisions: options.divisions,
    motion: options.motion,
    rescue: options.rescue,
    scorer: options.scorer,
    ...(options.constraints === undefined ? {} : { constraintsFile: options.constraints }),
    ...(options.frames === undefined ? {} : { frames: options.frames }),
  };
}

/** The object of `track --json`. */
export function trackJson(
  folder: string,
  report: Awaited<ReturnType<typeof trackMovie>>,
): Record<string, unknown> {
  const { segment, link, seconds } = report;
  return {
    result: folder,
    ...link.summary,
    segmented: segment.fresh,
    kept: segment.kept,
    masked: segment.masked,
    device: segment.device,
    seconds,
    segment_seconds: segment.seconds,
    network_seconds: segment.networkSeconds,
    network_busy_seconds: segment.busySeconds,
    link_seconds: link.seconds,
  };
}

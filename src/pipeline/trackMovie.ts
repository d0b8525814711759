import { type LinkJob, type LinkReport, linkResult, rehearseLink } from './linkResult.ts';
import type { Hooks } from './progress.ts';
import { chooseScorer } from './scorer.ts';
import type { SegmentJob } from './segmentJob.ts';
import { type SegmentReport, segmentMovie } from './segmentMovie.ts';

/** Seconds that linking waits for another run, which may just be looking whether the result is of its own job. */
const PATIENCE = 30;

/** What the main job did. */
export interface TrackReport {
  segment: SegmentReport;
  link: LinkReport;
  seconds: number;
}

/** The main job: segment every frame, link, write graph and tables. Goes on where a stopped run of it stood. */
export async function trackMovie(job: SegmentJob, options: LinkJob, hooks: Hooks = {}): Promise<TrackReport> {
  const started = performance.now();
  rehearseLink(options);
  await chooseScorer(options.linker, options.scorer);
  const segment = await segmentMovie(job, hooks);
  const link = await linkResult(job.folder, options, false, hooks, PATIENCE);
  return { segment, link, seconds: (performance.now() - started) / 1000 };
}

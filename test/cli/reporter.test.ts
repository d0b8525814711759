import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createReporter, type Reporter } from '../../src/cli/reporter.ts';

let written: string[];
let reporter: Reporter;
const frames = (done: number, total: number) =>
  ({ stage: 'segmenting', done, total, unit: 'frames' }) as const;

beforeEach(() => {
  vi.useFakeTimers();
  written = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(String(text)) > 0);
});
afterEach(() => {
  reporter.end();
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe('createReporter where standard error is no terminal', () => {
  it('says every ten seconds how far a job is, though nothing has come of it yet', () => {
    reporter = createReporter(false);
    reporter.progress(frames(0, 4));
    vi.advanceTimersByTime(9_900);
    expect(written).toEqual([]);
    vi.advanceTimersByTime(11_100);
    expect(written).toEqual([
      'segmenting   0/4 frames  10 s so far\n',
      'segmenting   0/4 frames  20 s so far\n',
    ]);
    vi.advanceTimersByTime(4_000);
    reporter.progress(frames(1, 4));
    expect(written).toHaveLength(2);
    vi.advanceTimersByTime(5_000);
    expect(written[2]).toBe('segmenting   1/4 frames  0.033 frames/s  1 min 30 s left\n');
  });

  it('is silent once all is done, at the end, and when it is to be quiet', () => {
    reporter = createReporter(false);
    reporter.progress(frames(4, 4));
    vi.advanceTimersByTime(60_000);
    reporter = createReporter(false);
    reporter.progress(frames(2, 4));
    reporter.end();
    vi.advanceTimersByTime(60_000);
    reporter = createReporter(true);
    reporter.progress(frames(0, 4));
    vi.advanceTimersByTime(60_000);
    expect(written).toEqual([]);
  });
});

import type { Progress } from '../pipeline/index.ts';

/** Milliseconds between lines where standard error is no terminal. */
const LINE_EVERY = 10_000;
/** Milliseconds between repaints of the bar. */
const PAINT_EVERY = 100;
/** Milliseconds between looks whether to say again how far a job is of which nothing new is heard. */
const LOOK_EVERY = 1000;

/** Prints progress to standard error: a bar on a terminal, a line every ten seconds otherwise. */
export interface Reporter {
  progress(progress: Progress): void;
  /** A line that stays. */
  note(line: string): void;
  /** Ends the bar's line. */
  end(): void;
}

/** A reporter that says nothing but warnings when `quiet`. */
export function createReporter(quiet: boolean): Reporter {
  const terminal = process.stderr.isTTY === true;
  let last = 0;
  let stage = '';
  let started = 0;
  let first = 0;
  let open = false;
  /** What was heard last of a stage that is not done. */
  let current: Progress | null = null;
  let timer: NodeJS.Timeout | null = null;

  const clear = (): void => {
    if (open && terminal) process.stderr.write('\r\x1b[K');
    open = false;
  };
  const show = (progress: Progress, now: number): void => {
    last = now;
    const text = progressLine(progress, progress.done - first, (now - started) / 1000, terminal);
    process.stderr.write(terminal ? `\r\x1b[K${text}` : `${text}\n`);
    open = true;
  };
  const due = (now: number): boolean => now - last >= (terminal ? PAINT_EVERY : LINE_EVERY);
  const look = (): void => {
    const now = Date.now();
    if (current !== null && due(now)) show(current, now);
  };
  return {
    progress(progress) {
      if (quiet) return;
      timer ??= setInterval(look, LOOK_EVERY).unref();
      const now = Date.now();
      if (progress.stage !== stage) {
        clear();
        stage = progress.stage;
        started = now;
        last = terminal ? 0 : now;
        first = progress.done;
      }
      const complete = progress.done >= progress.total;
      current = complete ? null : progress;
      if (!due(now) && !complete) return;
      if (!terminal && complete && now - started < LINE_EVERY) return;
      show(progress, now);
      if (complete) clear();
    },
    note(line) {
      clear();
      process.stderr.write(`${line}\n`);
    },
    end() {
      if (timer !== null) clearInterval(timer);
      timer = null;
      current = null;
      clear();
    },
  };
}

/** `segmenting  12/40 frames  3.1 frames/s  9 s left  on cpu`. */
function progressLine(progress: Progress, fresh: number, seconds: number, bar: boolean): string {
  const { done, total, unit } = progress;
  const rate = seconds > 0 ? fresh / seconds : 0;
  const parts = [progress.stage.padEnd(11)];
  if (bar) {
    const width = 24;
    const filled = Math.round((width * done) / Math.max(total, 1));
    parts.push('█'.repeat(filled) + '░'.repeat(width - filled));
  }
  parts.push(`${done.toLocaleString('en')}/${total.toLocaleString('en')} ${unit}`);
  if (rate > 0) {
    parts.push(`${rate >= 10 ? rate.toFixed(0) : rate.toPrecision(2)} ${unit}/s`);
    if (done < total) parts.push(`${duration((total - done) / rate)} left`);
  } else if (seconds >= LINE_EVERY / 1000) parts.push(`${duration(seconds)} so far`);
  if (progress.device !== undefined) parts.push(`on ${progress.device}`);
  return parts.join('  ');
}

/** `4.2 s`, `42 s`, `3 min 05 s`, `2 h 10 min`. */
export function duration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 90) return `${whole} s`;
  if (whole < 5400) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

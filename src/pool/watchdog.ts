import type { Beats } from './wire.ts';

/** Seconds that one run of a network may always take where nobody says how long. */
export const PATIENCE = 900;
/** A run may take so many times the longest one that ended. */
const GENEROUS = 20;

interface Watched {
  beats: Beats;
  limit: number | null;
  /** The beats at the last look, and for how many seconds they have been the same. */
  seen: number;
  seconds: number;
}

/**
 * Tells which tasks have been inside one run of a network for too long. Time is counted in looks, not by a clock: a
 * process that was stopped (Ctrl-Z, a sleeping laptop) has not waited.
 */
export interface Watchdog {
  /** @param limit seconds for one run of the network; null = 15 minutes, or 20 times the longest that ended */
  add(id: number, beats: Beats, limit: number | null): void;
  remove(id: number): void;
  /**
   * @param seconds since the last look
   * @returns tasks that are over their limit, and with them those that no thread has begun
   */
  look(seconds: number): { id: number; seconds: number }[];
}

/** Seconds that a task says of itself that it may be inside this time, or null. */
function ownLimit(beats: Beats): number | null {
  const seconds = beats.length > 3 ? Atomics.load(beats, 3) : 0;
  return seconds === 0 ? null : seconds;
}

/** A watchdog without tasks. */
export function createWatchdog(): Watchdog {
  const tasks = new Map<number, Watched>();
  let longest = 0;
  return {
    add(id, beats, limit) {
      tasks.set(id, { beats, limit, seen: 0, seconds: 0 });
    },
    remove(id) {
      const task = tasks.get(id);
      if (task !== undefined && task.seen % 2 === 1) longest = Math.max(longest, task.seconds);
      tasks.delete(id);
    },
    look(seconds) {
      const stuck: { id: number; seconds: number }[] = [];
      for (const [id, task] of tasks) {
        const now = Atomics.load(task.beats, 0);
        if (now !== task.seen) {
          if (task.seen % 2 === 1) longest = Math.max(longest, task.seconds);
          Object.assign(task, { seen: now, seconds: 0 });
        } else task.seconds += seconds;
        const limit = ownLimit(task.beats) ?? task.limit ?? Math.max(PATIENCE, GENEROUS * longest);
        if (now % 2 === 1 && task.seconds >= limit) stuck.push({ id, seconds: limit });
      }
      if (stuck.length === 0) return stuck;
      const { seconds: limit } = stuck[0]!;
      for (const [id, { beats }] of tasks)
        if (Atomics.load(beats, 0) === 0) stuck.push({ id, seconds: limit });
      return stuck;
    },
  };
}

/** One animation frame for all views: what is marked dirty is drawn once, in the order of registration. */
export interface Scheduler {
  /** Registers a view; returns the function that marks it dirty. */
  add(name: string, draw: () => void): () => void;
  /** Per view: how often it was drawn, and how long that took. */
  readonly stats: Record<string, { draws: number; lastMs: number; maxMs: number }>;
  /** Is nothing waiting to be drawn? */
  readonly idle: boolean;
}

/** A scheduler on `requestAnimationFrame`; the browser stops it while the page is hidden. */
export function createScheduler(): Scheduler {
  const views: { name: string; draw: () => void; dirty: boolean }[] = [];
  const stats: Scheduler['stats'] = {};
  let asked = false;

  function run(): void {
    asked = false;
    for (const view of views) {
      if (!view.dirty) continue;
      view.dirty = false;
      const start = performance.now();
      view.draw();
      const ms = performance.now() - start;
      const stat = stats[view.name]!;
      stat.draws++;
      stat.lastMs = ms;
      stat.maxMs = Math.max(stat.maxMs, ms);
    }
  }

  return {
    add(name, draw) {
      const view = { name, draw, dirty: false };
      views.push(view);
      stats[name] = { draws: 0, lastMs: 0, maxMs: 0 };
      return () => {
        view.dirty = true;
        if (asked) return;
        asked = true;
        requestAnimationFrame(run);
      };
    },
    stats,
    get idle() {
      return !asked;
    },
  };
}

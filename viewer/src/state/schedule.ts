/** One drawing for all views: what is marked dirty is drawn once, in the order of registration. */
export interface Scheduler {
  /** Registers a view; returns the function that marks it dirty. */
  add(name: string, draw: () => void): () => void;
  /** Per view: how often it was drawn, how long that took, and whether an animation frame was waited for the last time. */
  readonly stats: Record<string, { draws: number; lastMs: number; maxMs: number; inFrame: boolean }>;
  /** Is nothing waiting to be drawn? */
  readonly idle: boolean;
}

/**
 * A scheduler on `requestAnimationFrame`. Where nothing was drawn lately it does not wait for the frame: what the answer of
 * the server or a key made dirty is drawn at once, and the frame, up to 17 ms later, finds it done. Where something is dirty
 * in every frame (wheel, pointer, play) all is drawn in frames. A hidden page draws nothing: it has no frames.
 */
export function createScheduler(): Scheduler {
  const views: { name: string; draw: () => void; dirty: boolean }[] = [];
  const stats: Scheduler['stats'] = {};
  const { port1, port2 } = new MessageChannel();
  let waiting = false;
  // In the frame before, and since then: nothing was drawn.
  let calm = true;

  function run(inFrame: boolean): boolean {
    let any = false;
    for (const view of views) {
      if (!view.dirty) continue;
      view.dirty = false;
      any = true;
      const start = performance.now();
      view.draw();
      const ms = performance.now() - start;
      const stat = stats[view.name]!;
      stat.draws++;
      stat.lastMs = ms;
      stat.maxMs = Math.max(stat.maxMs, ms);
      stat.inFrame = inFrame;
    }
    return any;
  }

  function ask(): void {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      calm = !run(true);
      // The next frame tells whether this was one of many.
      if (!calm) ask();
    });
  }

  port1.onmessage = () => {
    if (waiting && calm && !document.hidden) calm = !run(false);
  };

  return {
    add(name, draw) {
      const view = { name, draw, dirty: false };
      views.push(view);
      stats[name] = { draws: 0, lastMs: 0, maxMs: 0, inFrame: true };
      return () => {
        view.dirty = true;
        // A message comes when all that made this dirty has been done, and what it made dirty besides is, too.
        if (calm && !waiting) port2.postMessage(null);
        ask();
      };
    },
    stats,
    get idle() {
      return views.every(({ dirty }) => !dirty);
    },
  };
}

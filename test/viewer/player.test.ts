import { afterEach, describe, expect, it, vi } from 'vitest';
import { family } from './family.ts';

// The page asks its own head where its data lie.
vi.stubGlobal('document', { querySelector: () => null });
const { createApp } = await import('../../viewer/src/createApp.ts');
const { createPlayer } = await import('../../viewer/src/state/player.ts');

/** A page that draws 60 times a second, and the time that it thinks it is. */
function clock(): { run(ms: number): void } {
  let now = 0;
  let waiting: [number, (at: number) => void][] = [];
  let asked = 0;
  vi.stubGlobal('performance', { now: () => now });
  vi.stubGlobal('requestAnimationFrame', (draw: (at: number) => void) => {
    waiting.push([++asked, draw]);
    return asked;
  });
  vi.stubGlobal('cancelAnimationFrame', (id: number) => {
    waiting = waiting.filter(([one]) => one !== id);
  });
  return {
    run(ms) {
      for (const end = now + ms; now < end; now += 1000 / 60) {
        const due = waiting;
        waiting = [];
        for (const [, draw] of due) draw(now);
      }
    },
  };
}

describe('createPlayer', () => {
  afterEach(() => void vi.unstubAllGlobals());

  it.each([
    [0.25, 2],
    [1, 8],
    [4, 32],
  ])('steps, at %s times the usual speed, %s frames a second', (speed, perSecond) => {
    const time = clock();
    const app = createApp(family());
    let steps = 0;
    app.state.t.subscribe(() => steps++);
    createPlayer(app, () => true);
    app.state.speed.value = speed;
    app.state.playing.value = true;
    steps = 0;
    time.run(10_000);
    // A frame of the screen may be missed at the end.
    expect(Math.abs(steps - 10 * perSecond)).toBeLessThanOrEqual(0.02 * 10 * perSecond + 1);
    app.state.playing.value = false;
    steps = 0;
    time.run(1000);
    expect(steps).toBe(0);
  });

  it('waits for pixels that are not here, and leaves no frame out', () => {
    const time = clock();
    const app = createApp(family());
    const seen: number[] = [];
    let here = false;
    createPlayer(app, () => here);
    app.state.t.subscribe((t) => seen.push(t));
    app.state.playing.value = true;
    time.run(1000);
    expect(seen).toEqual([0]);
    here = true;
    time.run(800);
    expect(seen).toEqual(seen.map((_, k) => k % app.data.nFrames));
    expect(seen.length).toBeGreaterThan(4);
  });
});

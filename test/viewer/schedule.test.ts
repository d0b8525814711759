import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createScheduler, type Scheduler } from '../../viewer/src/state/schedule.ts';

describe('createScheduler', () => {
  let frames: (() => void)[];
  let messages: (() => void)[];
  let scheduler: Scheduler;
  let drawn: string[];
  const page = { hidden: false };

  /** Runs what waits for the next frame, or for the next task. */
  const frame = (): void => {
    for (const call of frames.splice(0)) call();
  };
  const task = (): void => {
    for (const call of messages.splice(0)) call();
  };
  const add = (name: string): (() => void) => scheduler.add(name, () => drawn.push(name));

  beforeEach(() => {
    [frames, messages, drawn] = [[], [], []];
    page.hidden = false;
    vi.stubGlobal('document', page);
    vi.stubGlobal('requestAnimationFrame', (call: () => void) => frames.push(call));
    vi.stubGlobal(
      'MessageChannel',
      class {
        port1: { onmessage: () => void } = { onmessage: () => {} };
        port2 = { postMessage: () => messages.push(() => this.port1.onmessage()) };
      },
    );
    scheduler = createScheduler();
  });
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it('draws without waiting for the frame where nothing was drawn lately, and every view once', () => {
    const [a, b] = [add('a'), add('b')];
    b();
    a();
    a();
    expect([drawn, scheduler.idle]).toEqual([[], false]);
    task();
    expect([drawn, scheduler.idle]).toEqual([['a', 'b'], true]);
    expect(scheduler.stats.a).toMatchObject({ draws: 1, inFrame: false });
    frame();
    expect([drawn, frames.length]).toEqual([['a', 'b'], 0]);
  });

  it('draws in the frame what the frame itself made dirty, and then nothing more', () => {
    const a = add('a');
    a();
    frame();
    task();
    expect(drawn).toEqual(['a']);
    expect(scheduler.stats.a).toMatchObject({ draws: 1, inFrame: true });
  });

  it('waits for frames while something is dirty in each of them', () => {
    const a = add('a');
    a();
    task();
    for (let k = 1; k <= 3; k++) {
      a();
      task();
      expect(drawn.length).toBe(k);
      frame();
      expect(drawn.length).toBe(k + 1);
    }
    frame();
    expect(frames.length).toBe(0);
    a();
    task();
    expect(drawn.length).toBe(5);
  });

  it('draws nothing while the page is hidden and has no frames', () => {
    const a = add('a');
    page.hidden = true;
    a();
    task();
    expect([drawn, scheduler.idle]).toEqual([[], false]);
    page.hidden = false;
    frame();
    expect(drawn).toEqual(['a']);
  });
});

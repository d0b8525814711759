import { describe, expect, it } from 'vitest';
import { createWatchdog, PATIENCE } from '../../src/pool/watchdog.ts';

const beats = (value: number): Int32Array => Int32Array.of(value);

describe('createWatchdog', () => {
  it('names a task that stays inside one run for its limit, and not before', () => {
    const dog = createWatchdog();
    dog.add(7, beats(3), 2);
    expect(dog.look(1)).toEqual([]);
    expect(dog.look(1)).toEqual([]);
    expect(dog.look(1)).toEqual([{ id: 7, seconds: 2 }]);
  });

  it('takes the limit that a thread shows, for as long as it is inside', () => {
    const dog = createWatchdog();
    const shown = Int32Array.of(3, 0, 0, 2);
    dog.add(7, shown, 9);
    expect([dog.look(1), dog.look(1)]).toEqual([[], []]);
    expect(dog.look(1)).toEqual([{ id: 7, seconds: 2 }]);
    shown.set([5, 0, 0, 0]);
    expect([dog.look(1), dog.look(8)]).toEqual([[], []]);
    expect(dog.look(1)).toEqual([{ id: 7, seconds: 9 }]);
  });

  it('starts anew with every run', () => {
    const dog = createWatchdog();
    const shown = beats(3);
    dog.add(1, shown, 2);
    for (let i = 0; i < 9; i++) {
      shown[0]! += 2;
      expect([dog.look(1), dog.look(1)]).toEqual([[], []]);
    }
  });

  it('leaves a task alone that works outside the network, or waits for a thread, however long', () => {
    const dog = createWatchdog();
    dog.add(1, beats(0), 1);
    dog.add(2, beats(4), 1);
    expect([dog.look(0), dog.look(1e6)]).toEqual([[], []]);
  });

  it('names with it those that no thread has begun, since none may ever', () => {
    const dog = createWatchdog();
    dog.add(1, beats(0), 1);
    dog.add(2, beats(5), 1);
    dog.add(3, beats(4), 1);
    dog.look(0);
    expect(dog.look(1).map(({ id }) => id)).toEqual([2, 1]);
  });

  it('forgets a task that ended', () => {
    const dog = createWatchdog();
    dog.add(1, beats(3), 1);
    dog.look(0);
    dog.remove(1);
    expect(dog.look(10)).toEqual([]);
  });

  it('waits 15 minutes, or 20 times the longest run, where no limit is given', () => {
    const dog = createWatchdog();
    const shown = beats(3);
    dog.add(1, shown, null);
    dog.look(0);
    expect(dog.look(PATIENCE - 1)).toEqual([]);
    shown[0]! += 2;
    dog.look(0);
    expect(dog.look(19 * (PATIENCE - 1))).toEqual([]);
    expect(dog.look(PATIENCE)).toEqual([{ id: 1, seconds: 20 * (PATIENCE - 1) }]);
  });
});

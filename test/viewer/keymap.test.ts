import { describe, expect, it } from 'vitest';
import { bindings, GROUPS, keyName } from '../../viewer/src/keys/keymap.ts';

const event = (key: string, more: Partial<KeyboardEvent> = {}) => ({
  key,
  shiftKey: false,
  altKey: false,
  ctrlKey: false,
  metaKey: false,
  ...more,
});

describe('bindings', () => {
  it('has every key once', () => {
    const all = GROUPS.flatMap((g) => g.bindings).flatMap((b) => b.keys);
    expect(new Set(all).size).toBe(all.length);
    expect(bindings().size).toBe(all.length);
  });

  it('leaves the neighbours of N on the keyboard empty', () => {
    const map = bindings();
    for (const key of ['b', 'm', 'j']) expect(map.has(key)).toBe(false);
  });

  it('has no review key beside a key of time', () => {
    const map = bindings();
    for (const key of ['[', ']', ' ']) expect(map.get(key)).toMatch(/^(frame|play)/);
    for (const key of ['n', '1', '2', '3', '4', '0', 'Enter']) {
      expect(map.get(key)).toMatch(/^(review|apply|skip|verify)/);
    }
  });
});

describe('keyName', () => {
  it('names keys as the map does', () => {
    const map = bindings();
    expect(map.get(keyName(event('N', { shiftKey: true })))).toBe('review-previous');
    expect(map.get(keyName(event('{', { shiftKey: true })))).toBe('frame-back-10');
    expect(map.get(keyName(event('?', { shiftKey: true })))).toBe('help');
    expect(map.get(keyName(event(' ', { shiftKey: true })))).toBe('whole-lineage');
    expect(map.get(keyName(event('ArrowUp', { altKey: true })))).toBe('division-before');
  });

  it('gives Ctrl and Cmd the same name, and leaves the browser its own', () => {
    const map = bindings();
    expect(map.get(keyName(event('z', { ctrlKey: true })))).toBe('undo');
    expect(map.get(keyName(event('Z', { metaKey: true, shiftKey: true })))).toBe('redo');
    expect(map.get(keyName(event('r', { ctrlKey: true })))).toBeUndefined();
    expect(map.get(keyName(event('n', { metaKey: true })))).toBeUndefined();
  });
});

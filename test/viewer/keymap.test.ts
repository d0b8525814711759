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

  it('leaves the neighbours of N on the keyboard empty, and the keys of review and editing', () => {
    const map = bindings();
    for (const key of ['b', 'm', 'j']) expect(map.has(key)).toBe(false);
    for (const key of [
      '1',
      '2',
      '3',
      '4',
      '0',
      'Enter',
      'g',
      'l',
      'u',
      'c',
      's',
      'x',
      'y',
      'e',
      'k',
      'a',
      'd',
      't',
    ]) {
      expect(map.has(key)).toBe(false);
    }
  });
});

describe('keyName', () => {
  it('names keys as the map does', () => {
    const map = bindings();
    expect(map.get(keyName(event('N', { shiftKey: true }))!)).toBe('division-previous');
    expect(map.get(keyName(event('{', { shiftKey: true }))!)).toBe('frame-back-10');
    expect(map.get(keyName(event('?', { shiftKey: true }))!)).toBe('help');
    expect(map.get(keyName(event(' ', { shiftKey: true }))!)).toBe('whole-lineage');
    expect(map.get(keyName(event('ArrowUp', { altKey: true }))!)).toBe('division-before');
  });

  it('leaves the browser its own', () => {
    expect(keyName(event('r', { ctrlKey: true }))).toBeNull();
    expect(keyName(event('n', { metaKey: true }))).toBeNull();
  });
});

import { describe, expect, it } from 'vitest';
import { bindings, type Command, collisions, GROUPS, keyName } from '../../viewer/src/keys/keymap.ts';
import { findCommands } from '../../viewer/src/keys/palette.ts';
import { PRESETS, type PresetName } from '../../viewer/src/keys/presets.ts';
import { createKeySettings, readKeys } from '../../viewer/src/keys/settings.ts';

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

/** Keys beside a key on a QWERTY keyboard, in its row and in those above and below. */
const ROWS = ['1234567890-=', 'qwertyuiop[]', "asdfghjkl;'", 'zxcvbnm,./'];
function neighbours(key: string): string[] {
  const row = ROWS.findIndex((keys) => keys.includes(key));
  const at = ROWS[row]!.indexOf(key);
  const near = [ROWS[row]![at - 1], ROWS[row]![at + 1]];
  for (const d of [0, 1]) near.push(ROWS[row - 1]?.[at + d], ROWS[row + 1]?.[at - d]);
  return near.filter((one) => one !== undefined);
}

describe('the default keys', () => {
  it('have no edit beside a key of time or of the review', () => {
    const map = bindings();
    for (const [key, command] of map) {
      if (!/^(frame|review)/.test(command) || key.length !== 1) continue;
      for (const other of neighbours(key)) {
        expect([key, other, map.get(other) ?? '']).not.toEqual([key, other, expect.stringMatching(/^edit-/)]);
      }
    }
  });
});

describe('keyName', () => {
  it('names digits with Shift by their place, whatever they write there', () => {
    expect(keyName(event('!', { shiftKey: true, code: 'Digit1' }))).toBe('Shift+1');
    expect(keyName(event('"', { shiftKey: true, code: 'Digit2' }))).toBe('Shift+2');
    expect(keyName(event('1', { code: 'Digit1' }))).toBe('1');
    expect(keyName(event(')', { shiftKey: true, code: 'Digit0' }))).toBe('Shift+)');
    expect(bindings().get('Shift+9')).toBe('channel-9');
  });
});

describe('PRESETS', () => {
  const commands = GROUPS.flatMap((group) => group.bindings).map(({ command }) => command);

  it.each(Object.keys(PRESETS) as PresetName[])(
    '%s has no key for two commands, and a key for each',
    (name) => {
      const { keys } = PRESETS[name];
      expect([...collisions(keys)]).toEqual([]);
      expect(Object.keys(keys).filter((command) => !commands.includes(command as Command))).toEqual([]);
      expect(new Set(bindings(keys).values())).toEqual(new Set(commands));
    },
  );
});

describe('createKeySettings', () => {
  const storage = (): Pick<Storage, 'getItem' | 'setItem'> => {
    const kept = new Map<string, string>();
    return { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => void kept.set(key, value) };
  };

  it('keeps preset and own keys over a reload, and takes them back', () => {
    const store = storage();
    const first = createKeySettings(store);
    first.preset.value = 'napari';
    expect(first.assign('play', 'F5')).toBe(null);
    const again = createKeySettings(store);
    expect([again.map.value.get('z'), again.map.value.get('F5'), again.map.value.get(' ')]).toEqual([
      'undo',
      'play',
      undefined,
    ]);
    again.reset();
    expect(createKeySettings(store).keys('play')).toEqual([' ']);
  });

  it('takes a key from whoever had it, and says who that was', () => {
    const settings = createKeySettings(storage());
    expect(settings.assign('flip', 'n')).toBe('review-next');
    expect(settings.map.value.get('n')).toBe('flip');
    expect(settings.keys('review-next')).toEqual([]);
    expect(settings.assign('flip', 'n')).toBe(null);
    expect([...collisions(settings.remap.value)]).toEqual([]);
  });

  it('ignores what it cannot read', () => {
    for (const text of [
      null,
      '',
      '{',
      '7',
      '[]',
      '{"preset":"emacs","own":{"nothing":["a"],"play":"x","undo":[1]}}',
    ])
      expect(readKeys(text)).toEqual({ preset: 'morula', own: {} });
  });
});

describe('findCommands', () => {
  it('finds what has all the words, in any order, and everything without any', () => {
    expect(findCommands('split').map((one) => one.command)).toContain('split');
    expect(findCommands('frame NEXT').map((one) => one.command)).toEqual(['frame-on']);
    expect(findCommands('xyzzy')).toEqual([]);
    const all = GROUPS.flatMap((group) => group.bindings).map((one) => one.command);
    expect(findCommands('').map((one) => one.command)).toEqual(
      all.filter((command) => command !== 'palette' && command !== 'bare'),
    );
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

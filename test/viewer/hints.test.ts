import { signal } from '@preact/signals-core';
import { afterEach, describe, expect, it } from 'vitest';
import { hint, keyOf, takeBack, withKeys } from '../../viewer/src/keys/hints.ts';
import { printKey } from '../../viewer/src/keys/printed.ts';
import { createKeySettings } from '../../viewer/src/keys/settings.ts';

const NONE = { getItem: () => null, setItem: () => undefined };

afterEach(() => {
  keyOf.value = () => undefined;
});

describe('withKeys', () => {
  it('writes the key of every command in braces, and leaves a bracket out that holds none', () => {
    const keys = new Map([
      ['reset', 'r'],
      ['tails', 'Shift+h'],
    ]);
    keyOf.value = (command) => keys.get(command);
    expect(withKeys('Whole tree ({reset})')).toBe('Whole tree (R)');
    expect(withKeys('Whole tree ({flip})')).toBe('Whole tree');
    expect(withKeys('{tails} hides, {flip} turns')).toBe('Shift+H hides, its key turns');
  });

  it('follows the preset and keys that are changed by hand', () => {
    const settings = createKeySettings(NONE);
    keyOf.value = (command) => settings.keys(command)[0];
    expect(withKeys('Next ({review-next})')).toBe('Next (N)');
    expect(takeBack()).toBe(' (Ctrl+Z takes it back)');
    settings.preset.value = 'mastodon';
    expect(withKeys('Next ({review-next})')).toBe('Next (J)');
    settings.preset.value = 'napari';
    expect(takeBack()).toBe(' (Z takes it back)');
    settings.assign('review-next', 'Alt+ArrowUp');
    expect(withKeys('Next ({review-next})')).toBe('Next (Alt+↑)');
  });
});

describe('hint', () => {
  it('keeps the attributes of an element equal to the text with its keys', () => {
    const attributes: Record<string, string> = {};
    const element = { setAttribute: (name: string, value: string) => (attributes[name] = value) };
    const key = signal('f');
    keyOf.value = () => key.value;
    hint(element as unknown as Element, 'Turn ({flip})', ['title', 'aria-label']);
    expect(attributes).toEqual({ title: 'Turn (F)', 'aria-label': 'Turn (F)' });
    key.value = 'b';
    expect(attributes).toEqual({ title: 'Turn (B)', 'aria-label': 'Turn (B)' });
  });
});

describe('printKey', () => {
  it('prints keys as keyboards do, the plus sign too', () => {
    expect([' ', '+', 'Ctrl+Shift+z', 'PageDown', 'Shift+ '].map(printKey)).toEqual([
      'Space',
      '+',
      'Ctrl+Shift+Z',
      'PgDn',
      'Shift+Space',
    ]);
  });
});

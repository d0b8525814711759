import { describe, expect, it } from 'vitest';
import {
  asStorageError,
  type ErrorTag,
  fromPlainError,
  isMorulaError,
  MorulaError,
  toPlainError,
} from '../../src/errors/index.ts';

/** The exit codes of the README, by kind. */
const EXITS: [ErrorTag, number][] = [
  ['usage', 64],
  ['invalid-option', 64],
  ['not-found', 65],
  ['invalid-metadata', 65],
  ['invalid-data', 65],
  ['shape-mismatch', 65],
  ['unsupported', 65],
  ['broken-lineage', 65],
  ['unreachable', 69],
  ['task-failed', 70],
  ['storage', 74],
  ['busy', 75],
  ['other-settings', 78],
  ['interrupted', 130],
];

describe('MorulaError', () => {
  it.each(EXITS)('leaves with the exit code of its kind (%s: %i)', (tag, exit) => {
    expect(new MorulaError(tag, 'x').exit).toBe(exit);
  });

  it('takes another exit code when one is given', () => {
    expect(new MorulaError('interrupted', 'x', { exit: 143 }).exit).toBe(143);
  });
});

describe('a long message', () => {
  it('keeps its beginning and its end, and no more', () => {
    const { message } = new MorulaError('invalid-data', `read: "${'x'.repeat(100_000)}"; mend it`);
    expect(message).toMatch(/^read: "x+ \.\.\. x+"; mend it$/);
    expect(message.length).toBe(805);
    const short = 'y'.repeat(800);
    expect(new MorulaError('invalid-data', short).message).toBe(short);
  });
});

describe('a message with what a terminal takes for commands', () => {
  it('is one line without them', () => {
    const { message } = new MorulaError(
      'invalid-data',
      'read: "\u001b[2J\u0000a\u202eb\u009b1m" \r\n\n is wrong',
    );
    expect(message).toBe('read: "\ufffd[2J\ufffda\ufffdb\ufffd1m" is wrong');
  });
});

describe('isMorulaError', () => {
  it('knows an error that lost its class on the way, and no other', () => {
    expect(isMorulaError(Object.assign(new Error('x'), { tag: 'busy' }))).toBe(true);
    expect(isMorulaError(Object.assign(new Error('x'), { tag: 'toString' }))).toBe(false);
    expect(isMorulaError(new Error('x'))).toBe(false);
    expect(isMorulaError({ tag: 'busy' })).toBe(false);
  });
});

describe('toPlainError', () => {
  it('survives the way through a message and back', () => {
    const plain = toPlainError(new MorulaError('interrupted', 'a: b', { exit: 143 }));
    expect(plain).toEqual({ tag: 'interrupted', message: 'a: b', exit: 143 });
    const back = fromPlainError(structuredClone(plain!));
    expect([back.tag, back.message, back.exit]).toEqual(['interrupted', 'a: b', 143]);
  });

  it('is null for an error of another kind', () => {
    expect(toPlainError(new TypeError('x'))).toBeNull();
  });
});

describe('asStorageError', () => {
  const fail = (code: string): Error => Object.assign(new Error('x'), { code });

  it.each(['ENOSPC', 'EDQUOT', 'EIO', 'EROFS', 'EACCES', 'EPERM', 'EMFILE', 'EFBIG'])(
    'makes a storage error of %s',
    (code) => {
      expect(asStorageError('store', '/a', fail(code))).toMatchObject({ tag: 'storage', exit: 74 });
    },
  );

  it.each(['ENOTDIR', 'EEXIST', 'EISDIR', 'ENOENT', 'ELOOP', 'ENAMETOOLONG'])(
    'calls %s wrong usage',
    (code) => {
      expect(asStorageError('store', '/a', fail(code))).toMatchObject({ tag: 'usage', exit: 64 });
    },
  );

  it('names the place, the path, the size and the remedy', () => {
    expect((asStorageError('write', '/a/b', fail('ENOSPC'), 12) as Error).message).toBe(
      'write: /a/b (12 bytes) cannot be written: the disk is full; free some space and run again',
    );
  });

  it('leaves every other error as it is', () => {
    const other = fail('ECONNRESET');
    const ours = new MorulaError('busy', 'x');
    expect(asStorageError('store', '/a', other)).toBe(other);
    expect(asStorageError('store', '/a', ours)).toBe(ours);
    expect(asStorageError('store', '/a', 7)).toBe(7);
  });
});

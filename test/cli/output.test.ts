import { spawn } from 'node:child_process';
import { existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { duration } from '../../src/cli/reporter.ts';
import { tempFolder } from '../helpers/tempFolder.ts';
import { run, start } from './morula.ts';

const folder = tempFolder();
const main = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));
const MISSING = join(folder, 'missing');

describe('morula', () => {
  it('prints help and version on standard output and ends well', async () => {
    const help = await run('--help');
    expect(help).toMatchObject({ code: 0, stderr: '' });
    for (const name of [
      'track',
      'segment',
      'link',
      'view',
      'export',
      'import',
      'score',
      'info',
      'models',
      'simulate',
    ]) {
      expect(help.stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
    }
    expect((await run('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('shows a stack with MORULA_DEBUG=1 alone', async () => {
    const plain = await run('track', MISSING);
    expect(plain.stderr.trimEnd().split('\n').length).toBe(1);
    const debug = await start(['track', MISSING], { MORULA_DEBUG: '1' }).ended;
    expect(debug.code).toBe(65);
    expect(debug.stderr.startsWith(plain.stderr)).toBe(true);
    expect(debug.stderr).toMatch(/\n {4}at /);
  });

  it.each(['stdout', 'stderr'] as const)('says nothing when nobody reads its %s any more', async (name) => {
    const { child, ended } = start(name === 'stdout' ? ['models', '--json'] : ['track', MISSING]);
    child[name]!.destroy();
    const { code, stderr } = await ended;
    expect([code, stderr]).toEqual([name === 'stdout' ? 0 : 65, '']);
  });

  it.skipIf(!existsSync('/dev/full'))(
    'ends with 74 when its output goes to a full disk (needs /dev/full)',
    async () => {
      const child = spawn(process.execPath, [main, 'models'], {
        stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'],
      });
      let said = '';
      child.stderr!.setEncoding('utf8').on('data', (part: string) => {
        said += part;
      });
      const code = await new Promise((done) => child.on('close', done));
      expect([code, said]).toEqual([
        74,
        'morula: output: standard output cannot be written: the disk is full; free some space and run again\n',
      ]);
    },
  );
});

describe('duration', () => {
  it.each([
    [0, '0.0 s'],
    [9.94, '9.9 s'],
    [10, '10 s'],
    [89, '89 s'],
    [90, '1 min 30 s'],
    [119.7, '2 min 00 s'],
    [185, '3 min 05 s'],
    [5400, '1 h 30 min'],
    [7199, '2 h 00 min'],
    [36_060, '10 h 01 min'],
  ])('says %d seconds as %s', (seconds, text) => {
    expect(duration(seconds)).toBe(text);
  });
});

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { endlessNetwork } from '../helpers/endless.ts';
import { tempFolder } from '../helpers/tempFolder.ts';
import { discFrame, writeTiffMovie } from '../helpers/tiffMovie.ts';
import { here, type Running, run, start } from './morula.ts';

/** Leaves nothing to detect: the network is first run on a frame. */
const STATED = { layout: 'NCHW', grid: 1, nRays: 8, divisibleBy: 8, halo: 16 };
/** A normalised value that only a frame with a hot pixel has. */
const HOT = 20;
const folder = tempFolder();
const movie = join(folder, 'movie');
const cool = join(folder, 'cool');

beforeAll(() => {
  const frames = [0, 1, 2, 3].map(() => discFrame());
  writeTiffMovie(cool, frames);
  const hot = discFrame();
  hot.data[100] = 60_000;
  writeTiffMovie(movie, [frames[0]!, frames[1]!, hot, frames[3]!]);
});

/** Writes an endless model, with a manifest or without. */
function model(name: string, stated: boolean, above?: number): string {
  const home = join(folder, name);
  mkdirSync(home);
  writeFileSync(join(home, 'net.onnx'), endlessNetwork(above));
  if (stated) writeFileSync(join(home, 'net.json'), JSON.stringify(STATED));
  return join(home, 'net.onnx');
}

const markers = (result: string): string[] =>
  existsSync(join(result, 'frames'))
    ? readdirSync(join(result, 'frames')).filter((name) => /^\d+\.json$/.test(name))
    : [];

/** Process ids of a process's children (proc(5)). */
const childrenOf = (pid: number | undefined): string[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);

/** True for a process that runs, false for one that is gone or only waits to be buried. */
function isAlive(pid: string): boolean {
  const path = `/proc/${pid}/stat`;
  return existsSync(path) && !/\) [ZX] /.test(readFileSync(path, 'utf8'));
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await pause(10);
}

describe('a network that never ends', () => {
  it('ends track with 70 and one line; finished frames stay and count', async () => {
    const path = model('on one frame', true, HOT);
    const result = join(folder, 'kept');
    const args = [movie, '-o', result, '--model', path, '--workers', '2', '--frame-timeout', '1'];
    const end = await run('track', ...args, '--quiet');
    expect(end).toEqual({
      code: 70,
      signal: null,
      stdout: '',
      stderr: `morula: model: ${path} must end, but it was still at frame 2 after 1 s in one run; use another model, or allow it more with --frame-timeout <seconds>\n`,
    });
    expect(existsSync(join(result, 'run.lock'))).toBe(false);
    expect(markers(result).slice(0, 2)).toEqual(['000000.json', '000001.json']);
    expect(markers(result)).not.toContain('000002.json');
    const slice = ['segment', movie, '-o', result, '--model', path, '--frames', '0:2', '--json'];
    const { code, stdout } = await here(...slice);
    expect([code, JSON.parse(stdout)]).toMatchObject([0, { segmented: 0, kept: 2 }]);
  });

  it.each([
    ['track', 'stated', 'frame [0-3]'],
    ['segment', 'bare', 'its test picture'],
  ])('ends %s at the very first run (%s)', async (command, kind, where) => {
    const path = model(`${command} ${kind}`, kind === 'stated');
    const result = join(folder, `never ${command}`);
    const end = await here(command, cool, '-o', result, '--model', path, '--frame-timeout', '1', '--quiet');
    expect([end.code, end.stdout]).toEqual([70, '']);
    expect(end.stderr).toMatch(
      new RegExp(`^morula: model: .*net\\.onnx must end, .* at ${where} after 1 s .*\\n$`),
    );
    expect(markers(result)).toEqual([]);
  });

  it.each(['check', 'import'])('ends models %s, and leaves nothing half done', async (command) => {
    const path = model(command, command === 'check');
    const home = join(folder, `out ${command}`);
    mkdirSync(home);
    const output = command === 'import' ? ['-o', join(home, 'taken')] : [];
    const end = await here('models', command, path, ...output, '--frame-timeout', '1');
    expect([end.code, end.stdout]).toEqual([70, '']);
    expect(end.stderr).toMatch(/^morula: model: .*net\.onnx must end, .* its test picture after 1 s .*\n$/);
    expect(readdirSync(home)).toEqual([]);
  });
});

describe.skipIf(!existsSync('/proc/self/stat'))(
  'a signal while a network never ends (needs /proc)',
  { timeout: 120_000 },
  () => {
    /** Starts a command and waits until its network runs. */
    async function started(...args: string[]): Promise<Running & { engine: string }> {
      const running = start(args);
      await until(() => childrenOf(running.child.pid).length === 1);
      const engine = childrenOf(running.child.pid)[0]!;
      const ticks = (): number =>
        Number(readFileSync(`/proc/${engine}/stat`, 'utf8').split(') ')[1]!.split(' ')[11]);
      // 0.7 s of CPU time (in clock ticks of 10 ms): a start takes less.
      await until(() => ticks() > 70);
      return { ...running, engine };
    }

    it.each([
      ['SIGINT', 130],
      ['SIGTERM', 143],
    ] as const)('ends track at once on the second %s with %i, and no process stays', async (signal, code) => {
      const result = join(folder, `result ${signal}`);
      const { child, ended, engine } = await started(
        'track',
        cool,
        '-o',
        result,
        '--model',
        model(signal, true),
        '--quiet',
      );
      child.kill(signal);
      await until(() => existsSync(join(result, 'run.lock')));
      await pause(300);
      expect(child.exitCode).toBe(null);
      child.kill(signal);
      expect(await ended).toEqual({
        code,
        signal: null,
        stdout: '',
        stderr: 'stopping after the frames under way (Ctrl-C again: at once)\n',
      });
      await until(() => !isAlive(engine));
      expect(existsSync(join(result, 'run.lock'))).toBe(false);
    });

    it('ends models check at once on the first one', async () => {
      const { child, ended, engine } = await started('models', 'check', model('interrupted', true));
      child.kill('SIGINT');
      const { code, stderr } = await ended;
      expect([code, stderr]).toEqual([130, expect.stringMatching(/^morula: interrupted: [^\n]*\n$/)]);
      expect(isAlive(engine)).toBe(false);
    });

    it('ends with 70 and the model’s name when the network takes its process down', async () => {
      const path = model('crash', true);
      const result = join(folder, 'result crash');
      const args = ['segment', cool, '-o', result, '--model', path, '--quiet', '--workers', '1'];
      const { ended, engine } = await started(...args);
      process.kill(Number(engine), 'SIGSEGV');
      expect(await ended).toEqual({
        code: 70,
        signal: null,
        stdout: '',
        stderr: `morula: model: ${path} took its process down at frame 0 (SIGSEGV); if memory ran out, use fewer --workers or a smaller --memory; morula models check tries a model alone\n`,
      });
      expect(existsSync(join(result, 'run.lock'))).toBe(false);
    });

    it('takes the network along when it is killed', async () => {
      const { child, ended, engine } = await started('models', 'check', model('killed', true));
      child.kill('SIGKILL');
      await ended;
      await until(() => !isAlive(engine));
    });
  },
);

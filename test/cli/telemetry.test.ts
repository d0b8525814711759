import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tempFolder } from '../helpers/tempFolder.ts';
import { simulate, start } from './morula.ts';

const folder = tempFolder();

/** The runtime keeps what it wants to send in the user's cache, and its own variables for CI would hide that. */
function atHome(name: string): { home: string; env: NodeJS.ProcessEnv } {
  const home = join(folder, name);
  mkdirSync(home);
  const unset = ['CI', 'GITHUB_ACTIONS', 'TF_BUILD', 'ORT_DISABLE_TELEMETRY', 'ORT_RUNNING_UNIT_TESTS'];
  const env = Object.fromEntries(unset.map((variable) => [variable, undefined]));
  return { home, env: { ...env, HOME: home, XDG_CACHE_HOME: join(home, '.cache') } };
}

describe('a run of a network', { timeout: 120_000 }, () => {
  it.each(['track', 'models check'])(
    'writes nothing into the home of its user and has nothing to send: %s',
    async (command) => {
      const { home, env } = atHome(command);
      const result = join(folder, 'r');
      const args =
        command === 'track'
          ? ['track', await simulate(folder, 'a', 2), '-o', result, '--workers', '1', '--quiet']
          : ['models', 'check', join(import.meta.dirname, '../../datasets/models/nuclei-2d')];
      const { code, stderr } = await start(args, env).ended;
      expect([code, stderr]).toEqual([0, '']);
      expect(readdirSync(home, { recursive: true })).toEqual([]);
    },
  );
});

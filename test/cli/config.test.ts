import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { applyConfig } from '../../src/cli/config.ts';
import { addCommonOptions, addLinkOptions, addSegmentOptions } from '../../src/cli/options.ts';
import { tempFolder } from '../helpers/tempFolder.ts';

const path = join(tempFolder(), 'options.json');

/** Options of `track` after the file and the command line. */
function options(config: unknown, ...args: string[]): Record<string, unknown> {
  writeFileSync(path, typeof config === 'string' ? config : JSON.stringify(config));
  const command = new Command('track').exitOverride();
  addLinkOptions(addSegmentOptions(addCommonOptions(command)));
  command.parse(['--config', path, ...args], { from: 'user' });
  applyConfig(command);
  return command.opts();
}

describe('applyConfig', () => {
  it('takes the names with dashes and without', () => {
    expect(options({ 'max-distance': 7, maxFrameInterval: 3, workers: '2' })).toMatchObject({
      maxDistance: 7,
      maxFrameInterval: 3,
      workers: 2,
    });
  });

  it('takes lists, texts, choices and switches', () => {
    expect(
      options({
        'pixel-size': [2, 0.5, 0.5],
        model: 'mine.onnx',
        channel: 'actin',
        device: 'cpu',
        json: true,
      }),
    ).toMatchObject({
      pixelSize: [2, 0.5, 0.5],
      model: 'mine.onnx',
      channel: 'actin',
      device: 'cpu',
      json: true,
    });
  });

  it.each([{ divisions: false }, { 'no-divisions': true }, { noDivisions: true }])(
    'turns divisions off by %j',
    (config) => {
      expect(options(config)).toMatchObject({ divisions: false });
    },
  );

  it.each([{ divisions: true }, { 'no-divisions': false }])('leaves divisions on by %j', (config) => {
    expect(options(config)).toMatchObject({ divisions: true });
  });

  it('lets the command line win, and the file win over defaults', () => {
    const config = { 'max-frame-interval': 5, linker: 'global', divisions: true };
    expect(options(config, '--max-frame-interval', '2', '--no-divisions')).toMatchObject({
      maxFrameInterval: 2,
      linker: 'global',
      divisions: false,
    });
  });

  it.each([
    [{ colour: 1 }, /names "colour", which is no option of this command; known are json, quiet, /],
    [{ config: 'x' }, /names "config", which is no option/],
    [{ __proto__x: 1 }, /which is no option/],
    [{ 'max-distance': true }, '--config: "max-distance" must be a text or a number, got true'],
    [{ 'max-distance': -1 }, '--config: "max-distance" must be a number above 0, got "-1"'],
    [{ 'max-distance': null }, '--config: "max-distance" must be a text or a number, got null'],
    [{ json: 'yes' }, '--config: "json" must be true or false, got "yes"'],
    [{ linker: 'x' }, '--config: "linker" must be one of lap, global, got "x"'],
    [{ 'pixel-size': [] }, '--config: "pixel-size" must be a text or a number, got []'],
    ['[1]', /must hold one JSON object of options$/],
    ['{', /must be JSON: /],
  ])('refuses %j as wrong usage', (config, message) => {
    expect(() => options(config)).toThrow(message);
    expect(() => options(config)).toThrow(expect.objectContaining({ exit: 64 }));
  });

  it('says that the file is not there', () => {
    const command = addCommonOptions(new Command('x'));
    command.parse(['--config', '/nothing/there.json'], { from: 'user' });
    expect(() => applyConfig(command)).toThrow(
      '--config: /nothing/there.json must be a file, it cannot be read: ENOENT',
    );
  });
});

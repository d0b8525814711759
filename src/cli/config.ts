import { readFileSync } from 'node:fs';
import type { Command, Option } from 'commander';
import { MorulaError } from '../errors/index.ts';

/**
 * Fills in options from the `--config` file that the command line does not name.
 *
 * @throws `usage` for a file that is not a JSON object, a name that the command does not have, or a wrong value
 */
export function applyConfig(command: Command): void {
  const path = command.opts<{ config?: string }>().config;
  if (path !== undefined) applyValues(command, readConfig(path), path, 'config');
}

/**
 * Fills in options that nobody named before. Names are those of the options, with or without dashes (`max-distance`,
 * `maxDistance`, `no-divisions`).
 *
 * @param place where the values come from, for errors
 * @throws `usage` for a name that the command does not have, or a wrong value
 */
export function applyValues(
  command: Command,
  values: Record<string, unknown>,
  place: string,
  source: 'config' | 'plan',
): void {
  const options = command.options.filter((option) => option.long !== '--config');
  for (const [key, value] of Object.entries(values)) {
    const long = `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    const option = options.find((candidate) => candidate.long === long || bareName(candidate) === long);
    if (option === undefined) {
      const known = options.map((candidate) => candidate.long?.slice(2)).join(', ');
      throw new MorulaError(
        'usage',
        `--config: ${place} names "${key}", which is no option of this command; known are ${known}`,
      );
    }
    const name = option.attributeName();
    if (['cli', 'config'].includes(command.getOptionValueSource(name) ?? '')) continue;
    const parsed = configValue(option, key, value);
    // `divisions: false` and `no-divisions: true` say the same.
    const turned = option.negate && option.long === long && long.startsWith('--no-');
    command.setOptionValueWithSource(name, turned ? !parsed : parsed, source);
  }
}

/** `--divisions` of `--no-divisions`. */
function bareName(option: Option): string | undefined {
  return option.negate ? option.long?.replace(/^--no-/, '--') : option.long;
}

function readConfig(path: string): Record<string, unknown> {
  const bad = (must: string): MorulaError => new MorulaError('usage', `--config: ${path} ${must}`);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw bad(`must be a file, it cannot be read: ${(error as NodeJS.ErrnoException).code}`);
  }
  let config: unknown;
  try {
    config = JSON.parse(text);
  } catch (error) {
    throw bad(`must be JSON: ${(error as Error).message}`);
  }
  if (config === null || typeof config !== 'object' || Array.isArray(config)) {
    throw bad('must hold one JSON object of options');
  }
  return config as Record<string, unknown>;
}

function configValue(option: Option, key: string, value: unknown): unknown {
  const bad = (must: string): MorulaError =>
    new MorulaError('usage', `--config: "${key}" ${must}, got ${JSON.stringify(value)}`);
  if (option.isBoolean() || option.negate) {
    if (typeof value !== 'boolean') throw bad('must be true or false');
    return value;
  }
  const parts = Array.isArray(value) ? value : [value];
  if (parts.length === 0 || !parts.every((part) => typeof part === 'string' || typeof part === 'number')) {
    throw bad('must be a text or a number');
  }
  const text = parts.join(',');
  if (option.argChoices !== undefined && !option.argChoices.includes(text)) {
    throw bad(`must be one of ${option.argChoices.join(', ')}`);
  }
  if (option.parseArg === undefined) return text;
  try {
    return option.parseArg(text, undefined);
  } catch (error) {
    throw new MorulaError('usage', `--config: "${key}" ${(error as Error).message}`);
  }
}

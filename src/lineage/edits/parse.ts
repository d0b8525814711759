import { MorulaError } from '../../errors/index.ts';
import { parseRef } from './refs.ts';
import type { Command, NodeRef, Shape, Verified } from './types.ts';

/** Most names in one list, commands in one command, characters in a name. */
const MOST = 100_000;
const TEXT = 200;

type Fields = Record<string, unknown>;

function wrong(place: string, must: string): never {
  throw new MorulaError('usage', `edit: ${place} must be ${must}`);
}

function fields(value: unknown, place: string): Fields {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) wrong(place, 'an object');
  return value as Fields;
}

function list<T>(
  value: unknown,
  place: string,
  each: (value: unknown, place: string) => T,
  length?: number,
): T[] {
  if (!Array.isArray(value) || value.length > MOST || (length !== undefined && value.length !== length))
    wrong(place, length === undefined ? `a list of at most ${MOST}` : `a list of ${length}`);
  return value.map((item, i) => each(item, `${place}[${i}]`));
}

function ref(value: unknown, place: string): NodeRef {
  return typeof value === 'string' && parseRef(value) !== null
    ? value
    : wrong(place, 'a detection: frame.label or frame~place');
}

/** Text that people see: no control characters, nothing that turns its direction. */
export function parseText(value: unknown, place: string, length = TEXT): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  const bad = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufeff\p{Cs}]/u;
  if (typeof value !== 'string' || value.length > length || bad.test(value))
    wrong(place, `text of at most ${length} characters without control characters`);
  return value;
}

function number(value: unknown, place: string): number {
  return typeof value === 'number' && Number.isFinite(value) && Math.abs(value) < 1e9
    ? value
    : wrong(place, 'a number');
}

function integer(value: unknown, place: string): number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < 2 ** 31
    ? (value as number)
    : wrong(place, 'an integer of 0 or more');
}

function flag(value: unknown, place: string): boolean {
  return typeof value === 'boolean' ? value : wrong(place, 'true or false');
}

function oneOf<T extends string | number | boolean | null>(
  value: unknown,
  place: string,
  all: readonly T[],
): T {
  return all.includes(value as T) ? (value as T) : wrong(place, all.map(String).join(', '));
}

function optional<K extends string, T>(
  value: unknown,
  key: K,
  read: (value: unknown, place: string) => T,
): { [Name in K]?: T } {
  return value === undefined ? {} : ({ [key]: read(value, key) } as { [Name in K]?: T });
}

const pair = (value: unknown, place: string): [NodeRef, NodeRef] =>
  list(value, place, ref, 2) as [NodeRef, NodeRef];
const point = (value: unknown, place: string): [number, number] =>
  list(value, place, number, 2) as [number, number];
const refs = (value: unknown, place: string): NodeRef[] => list(value, place, ref);
const place = (value: unknown, name: string): number[] => {
  const numbers = list(value, name, number);
  return numbers.length === 2 || numbers.length === 3 ? numbers : wrong(name, '[y, x] or [z, y, x]');
};

function shape(value: unknown): Shape {
  const f = fields(value, 'shape');
  const kind = oneOf(f.kind, 'shape.kind', ['weak', 'disc', 'polygon'] as const);
  if (kind === 'weak') return { kind, index: integer(f.index, 'shape.index') };
  if (kind === 'disc') {
    const radius = number(f.radius, 'shape.radius');
    if (radius <= 0) wrong('shape.radius', 'above 0');
    return { kind, centre: place(f.centre, 'shape.centre'), radius };
  }
  const points = list(f.points, 'shape.points', point);
  if (points.length < 3 || points.length > 1000) wrong('shape.points', 'a list of 3 to 1000 points');
  return { kind, points, ...optional(f.z, 'z', number) };
}

function verified(value: unknown): Verified {
  const f = fields(value, 'what');
  if (f.link !== undefined) return { link: pair(f.link, 'what.link') };
  if (f.division !== undefined) return { division: ref(f.division, 'what.division') };
  if (f.branch !== undefined) return { branch: ref(f.branch, 'what.branch') };
  return { lineage: ref(f.lineage, 'what.lineage') };
}

type Readers = { [Name in Command['do']]: (f: Fields, depth: number) => Omit<Command & { do: Name }, 'do'> };

const READERS: Readers = {
  link: (f) => ({
    source: ref(f.source, 'source'),
    target: ref(f.target, 'target'),
    ...optional(f.breakParent, 'breakParent', flag),
    ...optional(f.breakChildren, 'breakChildren', flag),
  }),
  unlink: (f) => ({ source: ref(f.source, 'source'), target: ref(f.target, 'target') }),
  toggle: (f) => ({ a: ref(f.a, 'a'), b: ref(f.b, 'b') }),
  divide: (f) => ({ parent: ref(f.parent, 'parent'), daughters: pair(f.daughters, 'daughters') }),
  'not-division': (f) => ({ parent: ref(f.parent, 'parent'), keep: ref(f.keep, 'keep') }),
  'shift-division': (f) => ({
    parent: ref(f.parent, 'parent'),
    by: oneOf(f.by, 'by', [1, -1] as const),
    daughter: ref(f.daughter, 'daughter'),
    ...optional(f.hide, 'hide', flag),
  }),
  swap: (f) => ({ a: ref(f.a, 'a'), b: ref(f.b, 'b') }),
  delete: (f) => ({ nodes: refs(f.nodes, 'nodes'), ...optional(f.bridge, 'bridge', flag) }),
  add: (f) => ({
    t: integer(f.t, 't'),
    shape: shape(f.shape),
    ...optional(f.parent, 'parent', ref),
    ...optional(f.child, 'child', ref),
  }),
  move: (f) => ({ node: ref(f.node, 'node'), to: place(f.to, 'to') }),
  'merge-objects': (f) => ({ nodes: refs(f.nodes, 'nodes') }),
  'split-object': (f) => {
    const node = ref(f.node, 'node');
    if (f.seeds !== undefined)
      return { node, seeds: list(f.seeds, 'seeds', place, 2) as [number[], number[]] };
    if (f.auto !== undefined) return { node, auto: oneOf(f.auto, 'auto', [true] as const) };
    return { node, line: list(f.line, 'line', point, 2) as [[number, number], [number, number]] };
  },
  join: (f) => ({ end: ref(f.end, 'end'), start: ref(f.start, 'start') }),
  cut: (f) => ({ node: ref(f.node, 'node') }),
  end: (f) => ({
    node: ref(f.node, 'node'),
    kind: oneOf(f.kind, 'kind', ['death', 'leaves', null] as const),
  }),
  follow: (f) => ({ nodes: refs(f.nodes, 'nodes') }),
  verify: (f) => ({ what: verified(f.what), on: flag(f.on, 'on') }),
  review: (f) => ({
    items: list(f.items, 'items', (item, at) => parseText(item, at)),
    state: oneOf(f.state, 'state', ['verified', 'fixed', 'rejected', 'skipped', null] as const),
  }),
  name: (f) => ({ node: ref(f.node, 'node'), name: f.name === null ? null : parseText(f.name, 'name') }),
  colour: (f) => ({
    node: ref(f.node, 'node'),
    colour:
      f.colour === null || (typeof f.colour === 'string' && /^#[0-9a-f]{6}$/.test(f.colour))
        ? f.colour
        : wrong('colour', '#rrggbb, or null'),
  }),
  tag: (f) => ({ nodes: refs(f.nodes, 'nodes'), tag: nonEmpty(f.tag, 'tag'), on: flag(f.on, 'on') }),
  group: (f) => ({
    name: nonEmpty(f.name, 'name'),
    nodes: f.nodes === null ? null : refs(f.nodes, 'nodes'),
  }),
  bookmark: (f) => ({
    name: nonEmpty(f.name, 'name'),
    view: f.view === null ? null : parseText(f.view, 'view', 2048),
  }),
  relink: (f) => ({ add: list(f.add, 'add', pair), remove: list(f.remove, 'remove', pair) }),
  many: (f, depth) => {
    if (depth > 0) wrong('commands', 'commands other than many');
    return {
      commands: list(f.commands, 'commands', (command) => readCommand(command, depth + 1)),
      ...optional(f.label, 'label', (value, at) => parseText(value, at)),
    };
  },
};

function nonEmpty(value: unknown, at: string): string {
  return parseText(value, at) || wrong(at, 'text of 1 character or more');
}

function readCommand(value: unknown, depth: number): Command {
  const f = fields(value, 'command');
  const name = f.do;
  if (typeof name !== 'string' || !Object.hasOwn(READERS, name)) {
    wrong('command.do', `one of ${Object.keys(READERS).join(', ')}`);
  }
  const read = READERS[name as Command['do']] as (f: Fields, depth: number) => object;
  return { do: name, ...read(f, depth) } as Command;
}

/**
 * A command out of JSON, with nothing in it but what it must have.
 *
 * @throws `usage` naming the field that is wrong
 */
export function parseCommand(value: unknown): Command {
  return readCommand(value, 0);
}

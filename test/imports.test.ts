import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/**
 * The doors between the rooms. `functions`: rooms whose functions may be called; `types`: rooms that may be named in
 * types besides. A room may always use itself.
 */
const LEAVES = ['array', 'errors', 'codec'];
const DOORS: Record<string, { functions: string[]; types: string[] }> = {
  errors: { functions: [], types: [] },
  array: { functions: ['errors'], types: [] },
  codec: { functions: ['array', 'errors'], types: [] },
  read: { functions: LEAVES, types: [] },
  model: { functions: LEAVES, types: ['read'] },
  segment: { functions: [...LEAVES, 'model'], types: ['read'] },
  link: { functions: [...LEAVES, 'model'], types: ['read', 'segment'] },
  lineage: { functions: LEAVES, types: ['read', 'segment', 'link'] },
  exchange: { functions: [...LEAVES, 'lineage'], types: ['read', 'segment', 'link'] },
  score: { functions: [...LEAVES, 'lineage'], types: ['read', 'segment', 'link'] },
  store: { functions: [...LEAVES, 'lineage'], types: ['read', 'segment', 'link'] },
  pool: { functions: LEAVES, types: ['read', 'segment', 'link', 'model', 'store'] },
  pipeline: {
    functions: [
      ...LEAVES,
      'read',
      'model',
      'segment',
      'link',
      'lineage',
      'exchange',
      'score',
      'store',
      'pool',
    ],
    types: [],
  },
  serve: { functions: [...LEAVES, 'read', 'lineage', 'store', 'pipeline'], types: ['segment', 'link'] },
  cli: {
    functions: [...LEAVES, 'model', 'exchange', 'pipeline', 'serve'],
    types: ['read', 'link', 'score', 'store'],
  },
};

interface Import {
  file: string;
  target: string;
  typeOnly: boolean;
}

function filesUnder(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name));
}

/** Imports and re-exports of a file; an import whose every name is `type` counts as types only. */
function importsOf(file: string): Import[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const found: Import[] = [];
  for (const match of text.matchAll(/^(?:import|export)\s+(type\s+)?([^;'"]*?)from\s+'([^']+)'/gm)) {
    const [, typeKeyword, names, target] = match;
    const braces = /^\{([^}]*)\}\s*$/.exec(names!.trim());
    const each = braces?.[1]
      ?.split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '');
    const typeOnly = typeKeyword !== undefined || (each?.every((name) => name.startsWith('type ')) ?? false);
    found.push({ file, target: target!, typeOnly });
  }
  for (const match of text.matchAll(/^import\s+'([^']+)'/gm))
    found.push({ file, target: match[1]!, typeOnly: false });
  return found;
}

/** Path from the root that a relative import leads to, or null for a package. */
function leadsTo({ file, target }: Import): string | null {
  return target.startsWith('.') ? relative(ROOT, resolve(ROOT, dirname(file), target)) : null;
}

const roomOf = (path: string): string | null => /^src\/([^/]+)\//.exec(path)?.[1] ?? null;
const source = filesUnder('src').flatMap(importsOf);

describe('imports', () => {
  it('has a row in the table for every room', () => {
    const rooms = [...new Set(filesUnder('src').map(roomOf))].sort();
    expect(rooms).toEqual(Object.keys(DOORS).sort());
  });

  it('goes only through the doors', () => {
    const wrong = source.filter((entry) => {
      const path = leadsTo(entry);
      const [from, to] = [roomOf(entry.file), path === null ? null : roomOf(path)];
      if (from === null || to === null || from === to) return false;
      const doors = DOORS[from]!;
      return !doors.functions.includes(to) && !(entry.typeOnly && doors.types.includes(to));
    });
    expect(wrong.map((entry) => `${entry.file} -> ${entry.target}`)).toEqual([]);
  });

  it('enters a room by its index, its types, or a leaf file', () => {
    const wrong = source.filter((entry) => {
      const path = leadsTo(entry);
      const [from, to] = [roomOf(entry.file), path === null ? null : roomOf(path)];
      if (path === null || to === null || from === to || to === 'codec') return false;
      return !/^src\/[^/]+\/(index|types)\.ts$/.test(path);
    });
    expect(wrong.map((entry) => `${entry.file} -> ${entry.target}`)).toEqual([]);
  });

  it('never leads from src to viewer, test, bench, datasets or workers', () => {
    const wrong = source.filter((entry) => {
      const path = leadsTo(entry);
      return path !== null && !path.startsWith('src/');
    });
    expect(wrong.map((entry) => `${entry.file} -> ${entry.target}`)).toEqual([]);
  });

  it('lets the viewer have types, and pure functions of lineage, array and the column codec', () => {
    const wrong = filesUnder('viewer')
      .flatMap(importsOf)
      .filter((entry) => {
        const path = leadsTo(entry);
        if (path === null || path.startsWith('viewer/') || entry.typeOnly) return false;
        return !/^src\/(lineage|array)\/|^src\/codec\/columns\.ts$/.test(path);
      });
    expect(wrong.map((entry) => `${entry.file} -> ${entry.target}`)).toEqual([]);
  });

  it('has no cycles', () => {
    const graph = new Map<string, string[]>();
    for (const entry of source) {
      const path = leadsTo(entry);
      if (path !== null && !entry.typeOnly) graph.set(entry.file, [...(graph.get(entry.file) ?? []), path]);
    }
    const state = new Map<string, 'open' | 'closed'>();
    const cycles: string[] = [];
    const visit = (file: string, trail: string[]): void => {
      if (state.get(file) === 'closed') return;
      if (state.get(file) === 'open') {
        cycles.push([...trail.slice(trail.indexOf(file)), file].join(' -> '));
        return;
      }
      state.set(file, 'open');
      for (const next of graph.get(file) ?? []) visit(next, [...trail, file]);
      state.set(file, 'closed');
    };
    for (const file of graph.keys()) visit(file, []);
    expect(cycles).toEqual([]);
  });

  it('keeps console inside the command line', () => {
    const loud = filesUnder('src').filter(
      (file) => roomOf(file) !== 'cli' && /\bconsole\./.test(readFileSync(join(ROOT, file), 'utf8')),
    );
    expect(loud).toEqual([]);
  });
});

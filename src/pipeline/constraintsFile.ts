import { readFile } from 'node:fs/promises';
import { sha256Hex } from '../codec/files.ts';
import { MorulaError } from '../errors/index.ts';
import type { Constraints, Links } from '../link/types.ts';

/** A file of constraints as it was read. */
export interface ConstraintsFile {
  path: string;
  /** Digest of its bytes: part of what decides the links. */
  sha256: string;
  lines: Line[];
}

/** One line: its number from 1 and its fields. */
interface Line {
  number: number;
  fields: Record<string, unknown>;
}

/** What gives names rows. */
export interface Naming {
  /** Detections that are linked. */
  count: number;
  /** Row of `frame.label`, or of `frame~place` where there are no labels; -1 = none. */
  rowOf(ref: string): number;
  /** Links as they stand, by rows; only asked for frozen nodes. */
  links(): Promise<Pick<Links, 'count' | 'source' | 'target'>>;
}

const OF_LINKS = { 'must-link': 'mustLink', 'cannot-link': 'cannotLink' } as const;
const OF_NODES = {
  'must-divide': 'mustDivide',
  'cannot-divide': 'cannotDivide',
  forbidden: 'forbidden',
  required: 'required',
  begins: 'frozenIn',
  ends: 'frozenOut',
} as const;
const KINDS = [...Object.keys(OF_LINKS), ...Object.keys(OF_NODES), 'frozen'];

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function refuse(path: string, number: number, what: string): never {
  throw new MorulaError('invalid-data', `link: ${path}: line ${number} ${what}`);
}

/**
 * Reads constraints, JSON Lines: `{"constraint": "must-link", "source": "3.17", "target": "4.20"}` (or `cannot-link`), and
 * `{"constraint": "must-divide", "node": "3.17"}` (or `cannot-divide`, `forbidden`, `required`, `begins`, `ends`, or
 * `frozen`: its links stay as they stand). A node is `frame.label`, `frame~place` where there are no labels, or its number
 * in tables/nodes.csv.
 *
 * @throws `not-found`; `invalid-data` naming the line
 */
export async function readConstraintsFile(path: string): Promise<ConstraintsFile> {
  const bytes = await readFile(path).catch(() => {
    throw new MorulaError('not-found', `link: --constraints must name a file that can be read, got ${path}`);
  });
  const lines: Line[] = [];
  for (const [k, text] of bytes.toString('utf8').split('\n').entries()) {
    if (text.trim() === '') continue;
    let fields: unknown = null;
    try {
      fields = JSON.parse(text);
    } catch {
      // Told below, like anything else that is no object.
    }
    if (!isRecord(fields)) refuse(path, k + 1, 'must be a JSON object');
    if (!KINDS.includes(String(fields.constraint)))
      refuse(path, k + 1, `must name a constraint (${KINDS.join(', ')}), got "${fields.constraint}"`);
    lines.push({ number: k + 1, fields });
  }
  return { path, sha256: sha256Hex(bytes), lines };
}

/**
 * The constraints of a file, in rows.
 *
 * @throws `invalid-data` naming the line whose node is not there
 */
export async function rowsOfConstraints(
  { path, lines }: ConstraintsFile,
  { count, rowOf, links }: Naming,
): Promise<Constraints> {
  const out: Required<{ [K in keyof Constraints]: NonNullable<Constraints[K]>[number][] }> = {
    mustLink: [],
    cannotLink: [],
    mustDivide: [],
    cannotDivide: [],
    forbidden: [],
    required: [],
    frozenOut: [],
    frozenIn: [],
  };
  const frozen = new Set<number>();
  for (const { number, fields } of lines) {
    const node = (name: string): number => {
      const value = fields[name];
      const row = typeof value === 'number' ? value : typeof value === 'string' ? rowOf(value) : -1;
      if (!Number.isInteger(row) || row < 0 || row >= count)
        refuse(path, number, `must name a detection as "${name}", got ${JSON.stringify(value) ?? 'nothing'}`);
      return row;
    };
    const kind = fields.constraint as keyof typeof OF_LINKS | keyof typeof OF_NODES | 'frozen';
    if (kind === 'must-link' || kind === 'cannot-link')
      out[OF_LINKS[kind]].push([node('source'), node('target')]);
    else if (kind === 'frozen') frozen.add(node('node'));
    else out[OF_NODES[kind]].push(node('node'));
  }
  if (frozen.size > 0) {
    const { count: n, source, target } = await links();
    for (let k = 0; k < n; k++) {
      if (frozen.has(source[k]) || frozen.has(target[k])) out.mustLink.push([source[k], target[k]]);
    }
    out.frozenOut.push(...frozen);
    out.frozenIn.push(...frozen);
  }
  return out;
}

/** Two sets of constraints as one. */
export function joinConstraints(a: Constraints, b: Constraints): Constraints {
  const out: Record<string, unknown> = { ...a };
  for (const [name, list] of Object.entries(b))
    out[name] = [...((a[name as keyof Constraints] as unknown[]) ?? []), ...list];
  return out as Constraints;
}

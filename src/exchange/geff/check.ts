import { MorulaError } from '../../errors/index.ts';
import type { GeffAxis, GeffMetadata } from './metadata.ts';

type Json = Record<string, unknown>;

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The attribute `geff`, checked. The version may carry anything after MAJOR.MINOR, and may stand under `version`.
 *
 * @throws `invalid-metadata`, or `unsupported` for versions before 1.0 (no property metadata) and after 1.x
 */
export function checkMetadata(attribute: unknown, place: string): GeffMetadata {
  const bad = (message: string): never => {
    throw new MorulaError('invalid-metadata', `${place}: ${message}`);
  };
  if (!isObject(attribute)) return bad('the group must have the attribute "geff", it has none');
  const version = attribute.geff_version ?? attribute.version;
  const parts = typeof version === 'string' ? /^(\d+)\.(\d+)/.exec(version) : null;
  if (!parts)
    return bad(`geff_version must begin with two numbers, got ${JSON.stringify(version) ?? 'nothing'}`);
  if (Number(parts[1]) !== 1) {
    const remedy =
      Number(parts[1]) === 0 ? 'write it again with a newer geff package' : 'a newer morula is needed';
    throw new MorulaError(
      'unsupported',
      `${place}: geff_version must be 1.x, got ${String(version)}; ${remedy}`,
    );
  }
  if (!isObject(attribute.node_props_metadata))
    bad('node_props_metadata must describe the node properties, it is absent');
  if (typeof attribute.directed !== 'boolean')
    bad(`directed must be true or false, got ${JSON.stringify(attribute.directed) ?? 'nothing'}`);
  const axes = attribute.axes;
  if (
    axes != null &&
    !(Array.isArray(axes) && axes.every((axis) => isObject(axis) && typeof axis.name === 'string'))
  ) {
    bad('axes must be a list of axes with names');
  }
  const edges = attribute.edge_props_metadata;
  return {
    ...attribute,
    geff_version: String(version),
    directed: attribute.directed === true,
    node_props_metadata: attribute.node_props_metadata as GeffMetadata['node_props_metadata'],
    edge_props_metadata: (isObject(edges) ? edges : {}) as GeffMetadata['edge_props_metadata'],
  };
}

/** The axes that positions are read from; z is null in 2D. */
export interface GeffAxes {
  t: GeffAxis;
  z: GeffAxis | null;
  y: GeffAxis;
  x: GeffAxis;
}

const TIME_NAMES = ['t', 'time', 'frame'];

/** The axis that a name says: z of `z`, `POSITION_Z` and `cell_z`; null = none. */
function letterOf(name: string): string | null {
  return /(?:^|[^a-z])([xyz])$/i.exec(name)?.[1].toLowerCase() ?? null;
}

/** Names of properties along an axis where no list of axes has it: ours, and those of programs that we know. */
const namesOf = (letter: string): string[] => ['', 'position_', 'cell_'].map((start) => start + letter);

/**
 * Time and space axes: by type, space axes by the letter at the end of their names, else by the hints for display or in
 * the order of the list (the last is x); without axes the properties t (or time, frame), z, y, x.
 */
export function findAxes(meta: GeffMetadata, place: string): GeffAxes {
  const listed = meta.axes ?? [];
  const named = (names: readonly string[]): GeffAxis | undefined => {
    const axis = listed.find(({ name }) => names.includes(name.toLowerCase()));
    if (axis) return axis;
    const prop = Object.keys(meta.node_props_metadata).find((name) => names.includes(name.toLowerCase()));
    return prop === undefined ? undefined : { name: prop, unit: meta.node_props_metadata[prop].unit };
  };
  const space = listed.filter(({ type }) => type === 'space');
  const letters = space.map(({ name }) => letterOf(name));
  const known = letters.every((letter, i) => letter !== null && letters.indexOf(letter) === i);
  const { display_horizontal, display_vertical, display_depth } = meta.display_hints ?? {};
  const hinted = [display_horizontal, display_vertical, display_depth].map((hint) =>
    space.find(({ name }) => name === hint),
  );
  const ordered = hinted[0] && hinted[1] ? hinted : space.toReversed();
  const along = (letter: string, i: number): GeffAxis | undefined =>
    known ? space[letters.indexOf(letter)] : ordered[i];
  const t = listed.find(({ type }) => type === 'time') ?? named(TIME_NAMES);
  const x = along('x', 0) ?? named(namesOf('x'));
  const y = along('y', 1) ?? named(namesOf('y'));
  const z = along('z', 2) ?? (known ? named(namesOf('z')) : undefined);
  if (t && y && x) return { t, y, x, z: z ?? null };
  const absent = [t ? '' : 'time', y ? '' : 'y', x ? '' : 'x'].filter(Boolean).join(', ');
  const message = `nodes must have a time and a position, found no ${absent}; name them in the axes`;
  throw new MorulaError('invalid-metadata', `${place}: ${message}`);
}

/** The columns of a lineage that names follow from; rows of successors, -1 = none, and micrometres. */
export interface Family {
  childA: Int32Array;
  childB: Int32Array;
  z: ArrayLike<number>;
  y: ArrayLike<number>;
  x: ArrayLike<number>;
}

/**
 * How daughters are called: the parent's name and a letter, the first for the daughter that lies lower on the axis (for
 * `x` the one further left) in the frame after the division.
 *
 * Source: Sulston, Schierenberg, White and Thomson 1983, The embryonic cell lineage of the nematode Caenorhabditis
 * elegans, doi:10.1016/0012-1606(83)90201-4, names such as ABa and ABp (anterior, posterior).
 * Differs: the axis is one of the image, for the embryo's own is not known.
 */
export interface NamingRule {
  axis: 'x' | 'y' | 'z';
  letters: readonly [string, string];
}

const SULSTON: NamingRule = { axis: 'x', letters: ['a', 'p'] };

/**
 * Names of a cell and all its descendants, one a tracklet, at the tracklet's first row; founders of names are at `row`.
 *
 * @param longest names longer than this are not given, nor those of their descendants
 */
export function nameFamily(
  family: Family,
  row: number,
  name: string,
  rule: NamingRule = SULSTON,
  longest = 200,
): [row: number, name: string][] {
  const names: [number, string][] = [];
  const open: [number, string][] = [[row, name]];
  const at = family[rule.axis];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [start, called] = next;
    if (called.length > longest) continue;
    names.push([start, called]);
    let last = start;
    while (family.childA[last] >= 0 && family.childB[last] < 0) last = family.childA[last];
    const [a, b] = [family.childA[last], family.childB[last]];
    if (b < 0) continue;
    const [first, second] = at[b] < at[a] ? [b, a] : [a, b];
    open.push([second, called + rule.letters[1]], [first, called + rule.letters[0]]);
  }
  return names;
}

/** Colours as 0xRRGGBB. */
export type Rgb = number;

/**
 * Lineages: Okabe and Ito's set (Color Universal Design, 2008) without orange and vermillion, which are kept for
 * suspicion, then lighter ones of the same hues. For dark ground (the movie is always dark) and for light.
 */
export const LINEAGE_DARK: readonly Rgb[] = [
  0x56b4e9, 0x2fbf96, 0xf0e442, 0xd78bb9, 0x5b93e6, 0xa9dcf7, 0x93e0c6, 0xf8f1a6, 0xeec3da, 0xa3baf5,
];
export const LINEAGE_LIGHT: readonly Rgb[] = [
  0x2a86bd, 0x009e73, 0xa08f00, 0xb3568a, 0x0072b2, 0x4b7f9c, 0x4a8f7a, 0x7d7430, 0x96607f, 0x5a6cb0,
];

/** Generations 0, 1, 2, ...: pale to deep, so that order shows without hue too. */
const GENERATION_DARK: readonly Rgb[] = [
  0xe9f1f6, 0xb5dff5, 0x7cc5ef, 0x4fa3e3, 0x5c84dc, 0x7d6fd2, 0xa069c6, 0xc069b4, 0xd97fae,
];
const GENERATION_LIGHT: readonly Rgb[] = [
  0x7d8b97, 0x5aa2c9, 0x2a86bd, 0x1f6aa8, 0x3d56a6, 0x5b48a0, 0x7a3d97, 0x963a86, 0xa8416f,
];

/** Parent, daughter A, daughter B: white, sky blue, yellow (distinct under every colour vision). */
export const PARENT: Rgb = 0xffffff;
export const DAUGHTER_A: Rgb = 0x56b4e9;
export const DAUGHTER_B: Rgb = 0xf0e442;
/** Cells of explanations that are not chosen. */
export const OTHER: Rgb = 0xd78bb9;

/** Doubtful, and probably wrong: Okabe and Ito's orange and vermillion, which nothing else wears. */
export const SUSPECT: Rgb = 0xe69f00;
export const WRONG: Rgb = 0xe05c1f;

/** Sure to doubtful: grey-blue that stands back, then orange and vermillion (source: salience, not lightness). */
const SALIENCE_DARK: readonly Rgb[] = [0x6f8296, 0x9a8f7c, SUSPECT, WRONG];
const SALIENCE_LIGHT: readonly Rgb[] = [0x7b8b9a, 0x94825c, 0xb97f00, 0xc2470f];
/** Low to high of a measure: blue, green, yellow in both themes, ever further from the ground, so that order shows without hue too. */
const MEASURE_DARK: readonly Rgb[] = [0x5a6fc0, 0x3f9fc4, 0x57c4a8, 0xb5e08f, 0xf6f7c1];
const MEASURE_LIGHT: readonly Rgb[] = [0x6c87c4, 0x2f7f9e, 0x1f7458, 0x3b631d, 0x45430b];
/** Branches of which nothing is known, or that are in no group. */
const UNKNOWN_DARK: Rgb = 0x7a8591;
const UNKNOWN_LIGHT: Rgb = 0x7d8893;
/** Branches that the filter leaves out. */
const LEFT_OUT_DARK: Rgb = 0x3d4752;
const LEFT_OUT_LIGHT: Rgb = 0xc3cbd3;

/** What colours follow: the cell's place in the lineage, or something that was measured or said of it. */
export type ColourBy = 'lineage' | 'generation' | 'tracklet' | 'suspicion' | 'group' | `feature${number}`;
/** Measures that can be chosen at most; how many there are depends on the movie's channels. */
const MOST_FEATURES = 11;
export const COLOUR_BY: readonly ColourBy[] = [
  'lineage',
  'generation',
  'tracklet',
  'suspicion',
  'group',
  ...Array.from({ length: MOST_FEATURES }, (_, k): ColourBy => `feature${k}`),
];
/** Place of the measure that colours follow, -1 = they follow something else. */
export const featureNumber = (by: ColourBy): number =>
  by.startsWith('feature') ? Number(by.slice('feature'.length)) : -1;

/** What a branch's colour follows from. */
export interface ColourKeys {
  /** Per lineage (index = number): place in the palette. */
  lineageColour: Uint8Array;
  lineage: Int32Array;
  generation: Int32Array;
  /** What people chose, by branch; goes before everything else but groups. */
  own?: ReadonlyMap<number, Rgb>;
  /** Per branch: how sure its least sure link is, 0 to 1, NaN = not known. */
  sure?: ArrayLike<number>;
  /** Per branch: 1 = the filter lets it through; absent = everything. */
  kept?: Uint8Array | undefined;
  /** Place of the group that a branch is in. */
  group?: ReadonlyMap<number, number>;
  /** The measure chosen, per branch, and the values that have the first and the last colour. */
  feature?: { mean: ArrayLike<number>; low: number; high: number };
}

/** Colour of branch `b`. */
export function branchColour(keys: ColourKeys, b: number, by: ColourBy, light: boolean): Rgb {
  if (keys.kept?.[b] === 0) return light ? LEFT_OUT_LIGHT : LEFT_OUT_DARK;
  if (by === 'group') return groupColour(keys.group?.get(b) ?? -1, light);
  const chosen = keys.own?.get(b);
  if (chosen !== undefined) return chosen;
  const lineages = light ? LINEAGE_LIGHT : LINEAGE_DARK;
  if (by === 'suspicion') return suspicionColour(1 - (keys.sure?.[b] ?? Number.NaN), light);
  if (featureNumber(by) >= 0) {
    const { mean, low, high } = keys.feature ?? { mean: [], low: 0, high: 0 };
    return measureColour(((mean[b] ?? Number.NaN) - low) / (high - low), light);
  }
  if (by === 'generation') return generationColour(keys.generation[b]!, light);
  // 7 is prime to 10: neighbouring numbers, so also sisters, differ.
  if (by === 'tracklet') return lineages[(b * 7) % lineages.length]!;
  return lineages[keys.lineageColour[keys.lineage[b]!]! % lineages.length]!;
}

export function generationColour(generation: number, light: boolean): Rgb {
  const ramp = light ? GENERATION_LIGHT : GENERATION_DARK;
  return ramp[Math.min(generation, ramp.length - 1)]!;
}

/** @param group place of the group, -1 = none */
export function groupColour(group: number, light: boolean): Rgb {
  const lineages = light ? LINEAGE_LIGHT : LINEAGE_DARK;
  return group < 0 ? unknown(light) : lineages[group % lineages.length]!;
}

/** @param wrong probability of being wrong */
export const suspicionColour = (wrong: number, light: boolean): Rgb =>
  along(light ? SALIENCE_LIGHT : SALIENCE_DARK, wrong, light);

/** @param part 0 = lowest, 1 = highest */
export const measureColour = (part: number, light: boolean): Rgb =>
  along(light ? MEASURE_LIGHT : MEASURE_DARK, part, light);

const unknown = (light: boolean): Rgb => (light ? UNKNOWN_LIGHT : UNKNOWN_DARK);

/** Steps of a ramp: few enough for colours that are drawn one after another to be equal. */
const STEPS = 32;

/** Colour of a ramp at `part` of its length. */
function along(ramp: readonly Rgb[], part: number, light: boolean): Rgb {
  if (Number.isNaN(part)) return unknown(light);
  const at = (Math.round(Math.min(1, Math.max(0, part)) * STEPS) / STEPS) * (ramp.length - 1);
  const k = Math.min(Math.floor(at), ramp.length - 2);
  const channel = (shift: number): number => {
    const [a, b] = [(ramp[k]! >> shift) & 255, (ramp[k + 1]! >> shift) & 255];
    return Math.round(a + (b - a) * (at - k)) << shift;
  };
  return channel(16) | channel(8) | channel(0);
}

/** `#rrggbb` */
export const css = (rgb: Rgb): string => `#${rgb.toString(16).padStart(6, '0')}`;

/** A pixel of an ImageData as uint32 (little-endian: A B G R). */
export function pixel(rgb: Rgb, alpha = 255): number {
  return ((alpha << 24) | ((rgb & 0xff) << 16) | (rgb & 0xff00) | (rgb >> 16)) >>> 0;
}

/** Display colours for channels, where the movie names none: green and magenta, which every colour vision tells apart, then others. */
export const CHANNEL_COLOURS: readonly Rgb[] = [0x2fd06a, 0xe64bd0, 0x4aa3ff, 0xf0e442, 0xffffff];

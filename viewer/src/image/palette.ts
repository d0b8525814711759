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

export type ColourBy = 'lineage' | 'generation' | 'tracklet';
export const COLOUR_BY: readonly ColourBy[] = ['lineage', 'generation', 'tracklet'];

/** What a branch's colour follows from. */
export interface ColourKeys {
  /** Per lineage (index = number): place in the palette. */
  lineageColour: Uint8Array;
  lineage: Int32Array;
  generation: Int32Array;
  /** What people chose, by branch; goes before everything else. */
  own?: ReadonlyMap<number, Rgb>;
}

/** Colour of branch `b`. */
export function branchColour(keys: ColourKeys, b: number, by: ColourBy, light: boolean): Rgb {
  const chosen = keys.own?.get(b);
  if (chosen !== undefined) return chosen;
  const lineages = light ? LINEAGE_LIGHT : LINEAGE_DARK;
  if (by === 'generation') {
    const ramp = light ? GENERATION_LIGHT : GENERATION_DARK;
    return ramp[Math.min(keys.generation[b]!, ramp.length - 1)]!;
  }
  // 7 is prime to 10: neighbouring numbers, so also sisters, differ.
  if (by === 'tracklet') return lineages[(b * 7) % lineages.length]!;
  return lineages[keys.lineageColour[keys.lineage[b]!]! % lineages.length]!;
}

/** `#rrggbb` */
export const css = (rgb: Rgb): string => `#${rgb.toString(16).padStart(6, '0')}`;

/** A pixel of an ImageData as uint32 (little-endian: A B G R). */
export function pixel(rgb: Rgb, alpha = 255): number {
  return ((alpha << 24) | ((rgb & 0xff) << 16) | (rgb & 0xff00) | (rgb >> 16)) >>> 0;
}

/** Display colours for channels, where the movie names none. */
export const CHANNEL_COLOURS: readonly Rgb[] = [0xffffff, 0x2fbf96, 0xd78bb9, 0x56b4e9, 0xf0e442];

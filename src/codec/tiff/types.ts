import type { Dtype, NdArray } from '../../array/index.ts';
import type { OmeMetadata } from './ome.ts';

/** One page (image file directory) of a TIFF file. */
export interface TiffPage {
  /** Pixels. */
  width: number;
  /** Pixels. */
  height: number;
  dtype: Dtype;
  /** 1 for grey, 3 for RGB; every sample can be read as a grey image. */
  samplesPerPixel: number;
}

/** Axes and calibration that ImageJ writes into the first page's description. */
export interface ImageJMetadata {
  /** Planes in the file; pages are in the order c (fastest), z, t. */
  images: number;
  /** Time points, 1 where not given. */
  frames: number;
  /** Planes along z, 1 where not given. */
  slices: number;
  /** Channels, 1 where not given. */
  channels: number;
  /** Distance of the z-planes in `unit`, or null. */
  spacing: number | null;
  /** Seconds between time points, or null (also where the file says 0). */
  finterval: number | null;
  /** Unit of length as written, or null. */
  unit: string | null;
  /** Micrometres of one `unit`, null where there is none or it is no length (pixels). */
  unitUm: number | null;
}

/**
 * An open TIFF file. Pages are read on demand. Pages flagged as reduced-resolution copies or masks of another page
 * are left out, so that page numbers (0-based) count images only.
 */
export interface TiffFile {
  path: string;
  /** Bytes. */
  size: number;
  nPages: number;
  /** What page `i` holds. @throws `invalid-option` when there is no such page. */
  page(i: number): TiffPage;
  /** First page's ImageDescription, or null. */
  description: string | null;
  /** First page's Software, or null. */
  software: string | null;
  /**
   * Micrometres per pixel `[y, x]` of the first page: from XResolution with ImageJ's unit, else where ResolutionUnit
   * is centimetre and the pixel at most 100 um. Null otherwise: inches are print settings, not calibration.
   */
  resolution: readonly [number, number] | null;
  imagej: ImageJMetadata | null;
  ome: OmeMetadata | null;
  /**
   * Reads one sample (default the first) of page `i` as `[y, x]`, as stored: palettes and inverted grey scales are
   * not applied.
   *
   * @throws `invalid-data` naming file, page and strip or tile when its bytes are missing or do not decode.
   */
  readPage(i: number, sample?: number): Promise<NdArray>;
  close(): Promise<void>;
}

/** How `encodeTiff` writes. */
export interface EncodeOptions {
  /** Default 'none'. */
  compression?: 'none' | 'deflate' | 'lzw';
  /** ImageDescription of the first page. */
  description?: string;
  /** Micrometres per pixel `[y, x]`, written per centimetre. */
  resolution?: readonly [number, number];
}

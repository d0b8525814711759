import { micrometresOf, positive, secondsOf } from './units.ts';
import { type XmlTag, xmlTags } from './xml.ts';

/** Which pages hold which planes, as OME-XML says it. `null` where the attribute is absent. */
export interface OmeTiffData {
  ifd: number | null;
  firstC: number;
  firstZ: number;
  firstT: number;
  planeCount: number | null;
  /** File that holds the pages; null for this one. */
  fileName: string | null;
}

/** One channel of OME-XML. */
export interface OmeChannel {
  name: string | null;
  /** Six hex digits, or null. */
  color: string | null;
  samplesPerPixel: number;
}

/** Sizes and calibration of the first image of OME-XML. */
export interface OmeMetadata {
  sizeX: number;
  sizeY: number;
  sizeZ: number;
  sizeC: number;
  sizeT: number;
  /** XY and then the other axes, fastest first, for example 'XYZCT'. */
  dimensionOrder: string;
  /** Micrometres `[z, y, x]`, null where not given. */
  physicalSize: readonly [number | null, number | null, number | null];
  /** Seconds, or null. */
  timeIncrement: number | null;
  channels: OmeChannel[];
  tiffData: OmeTiffData[];
  /** Images in the document; the others are not read. */
  nImages: number;
}

/**
 * The first image of OME-XML in an ImageDescription, or null when it is none.
 *
 * Source: OME-TIFF specification 2016-06 (ome-model.readthedocs.io/en/stable/ome-tiff).
 */
export function parseOme(description: string): OmeMetadata | null {
  if (!/^\s*<(?:[?!]|(?:\w+:)?OME\b)/.test(description)) return null;
  let ome: OmeMetadata | null = null;
  let nImages = 0;
  let inPixels = false;
  for (const tag of xmlTags(description)) {
    if (tag.name === 'Image' && !tag.end) nImages++;
    else if (tag.name === 'Pixels') {
      inPixels = !tag.end && ome === null;
      if (inPixels) ome = readPixels(tag.attributes);
    } else if (inPixels && ome !== null && !tag.end) readChild(ome, tag);
  }
  return ome === null ? null : { ...ome, nImages };
}

function readPixels(a: XmlTag['attributes']): OmeMetadata {
  const size = (name: string): number => {
    const value = Number(a[name] ?? 1);
    return Number.isSafeInteger(value) && value > 0 ? value : 1;
  };
  const length = (axis: string): number | null => {
    const value = positive(a[`PhysicalSize${axis}`]);
    const unit = micrometresOf(a[`PhysicalSize${axis}Unit`] ?? 'um');
    return value === null || unit === null ? null : value * unit;
  };
  const increment = positive(a.TimeIncrement);
  const unit = secondsOf(a.TimeIncrementUnit ?? 's');
  const order = (a.DimensionOrder ?? '').toUpperCase();
  return {
    sizeX: size('SizeX'),
    sizeY: size('SizeY'),
    sizeZ: size('SizeZ'),
    sizeC: size('SizeC'),
    sizeT: size('SizeT'),
    dimensionOrder: /^XY(?:ZCT|ZTC|CZT|CTZ|TZC|TCZ)$/.test(order) ? order : 'XYCZT',
    physicalSize: [length('Z'), length('Y'), length('X')],
    timeIncrement: increment === null || unit === null ? null : increment * unit,
    channels: [],
    tiffData: [],
    nImages: 1,
  };
}

function readChild(ome: OmeMetadata, { name, attributes: a }: XmlTag): void {
  const index = (text: string | undefined): number | null => {
    const value = Number(text ?? Number.NaN);
    return Number.isSafeInteger(value) && value >= 0 ? value : null;
  };
  if (name === 'Channel') {
    ome.channels.push({
      name: a.Name || null,
      color: colorOf(a.Color),
      samplesPerPixel: Math.max(1, index(a.SamplesPerPixel) ?? 1),
    });
  } else if (name === 'TiffData') {
    ome.tiffData.push({
      ifd: index(a.IFD),
      firstC: index(a.FirstC) ?? 0,
      firstZ: index(a.FirstZ) ?? 0,
      firstT: index(a.FirstT) ?? 0,
      planeCount: index(a.PlaneCount),
      fileName: null,
    });
  } else if (name === 'UUID' && ome.tiffData.length > 0) {
    ome.tiffData[ome.tiffData.length - 1].fileName = a.FileName ?? null;
  }
}

/** OME writes a colour as the signed 32-bit integer of its bytes r, g, b, a. */
function colorOf(text: string | undefined): string | null {
  const value = text === undefined || text === '' ? Number.NaN : Number(text);
  return Number.isInteger(value) ? (value >>> 8).toString(16).padStart(6, '0').toUpperCase() : null;
}

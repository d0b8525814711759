import { describe, expect, it } from 'vitest';
import { parseImageJ } from '../../src/codec/tiff/imagej.ts';
import { parseOme } from '../../src/codec/tiff/ome.ts';
import { micrometresOf, secondsOf } from '../../src/codec/tiff/units.ts';
import { xmlTags } from '../../src/codec/tiff/xml.ts';

describe('parseImageJ', () => {
  it('reads axes, calibration and a micro sign written as an escape', () => {
    const text =
      'ImageJ=1.53c\nimages=30\nchannels=2\nslices=3\nframes=5\nunit=\\u00B5m\nspacing=-2.0\nfinterval=0.5\ntunit=min\n';
    expect(parseImageJ(text)).toEqual({
      images: 30,
      channels: 2,
      slices: 3,
      frames: 5,
      spacing: 2,
      finterval: 30,
      unit: '\\u00B5m',
      unitUm: 1,
    });
  });

  it('takes an interval of 0 and a unit of pixels for unknown', () => {
    expect(parseImageJ('ImageJ=1.53c\nfinterval=0\nunit=pixel')).toMatchObject({
      finterval: null,
      unitUm: null,
    });
  });

  it('gives null for another description', () => {
    expect(parseImageJ('a movie')).toBeNull();
  });
});

describe('parseOme', () => {
  const pixels = (attributes: string, children = ''): string =>
    `<?xml version="1.0"?><!-- <Pixels SizeT="9"/> --><ome:OME xmlns:ome="x"><ome:Image><ome:Pixels ${attributes}>${children}</ome:Pixels></ome:Image><Image><Pixels SizeT="7"><Channel Name="no"/></Pixels></Image></ome:OME>`;

  it('reads the first image only, whatever the prefix and the quotes', () => {
    const text = pixels(`SizeX='7' SizeY="5" SizeZ="3" SizeC="2" SizeT="4" DimensionOrder="XYZCT"`);
    expect(parseOme(text)).toMatchObject({
      sizeX: 7,
      sizeY: 5,
      sizeZ: 3,
      sizeC: 2,
      sizeT: 4,
      dimensionOrder: 'XYZCT',
      physicalSize: [null, null, null],
      timeIncrement: null,
      channels: [],
      nImages: 2,
    });
  });

  it('reads units, channels with colours and entities, and which file and page holds a plane', () => {
    const text = pixels(
      'PhysicalSizeX="325" PhysicalSizeXUnit="nm" PhysicalSizeY="0.325" PhysicalSizeYUnit="&#181;m" PhysicalSizeZ="1" PhysicalSizeZUnit="pixel" TimeIncrement="500" TimeIncrementUnit="ms"',
      '<Channel Name="H2B &gt; &quot;RFP&quot;" Color="-16776961"/><TiffData IFD="3" FirstT="1" FirstZ="2"><UUID FileName="b.ome.tif">u</UUID></TiffData>',
    );
    expect(parseOme(text)).toMatchObject({
      physicalSize: [null, 0.325, 0.325],
      timeIncrement: 0.5,
      channels: [{ name: 'H2B > "RFP"', color: 'FF0000', samplesPerPixel: 1 }],
      tiffData: [{ ifd: 3, firstC: 0, firstZ: 2, firstT: 1, planeCount: null, fileName: 'b.ome.tif' }],
    });
  });

  it('gives null for text that is no OME-XML', () => {
    expect(parseOme('{"shape": [1, 2]}')).toBeNull();
    expect(parseOme('<svg><Pixels/></svg>')).toBeNull();
  });
});

describe('xmlTags', () => {
  it('passes over comments, CDATA and declarations, and stops at a tag that never ends', () => {
    const names = [...xmlTags('<?a?><!DOCTYPE b><!-- <c> --><d x="1>2" y=\'3\'/><![CDATA[<e>]]></f><g h="')];
    expect(names).toEqual([
      { name: 'd', end: false, attributes: { x: '1>2', y: '3' } },
      { name: 'f', end: true, attributes: {} },
    ]);
  });
});

describe('micrometresOf and secondsOf', () => {
  it.each([
    ['um', 1],
    ['\u00b5m', 1],
    ['\u03bcm', 1],
    ['micron', 1],
    ['nm', 1e-3],
    ['MM', 1e3],
    ['inch', 25400],
    ['pixel', null],
    ['', null],
  ])('reads %j as %s micrometres', (unit, expected) => {
    expect(micrometresOf(unit)).toBe(expected);
  });

  it.each([
    ['s', 1],
    ['sec', 1],
    ['min', 60],
    ['ms', 1e-3],
    ['frame', null],
  ])('reads %j as %s seconds', (unit, expected) => {
    expect(secondsOf(unit)).toBe(expected);
  });
});

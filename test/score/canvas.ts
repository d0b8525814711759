import { type CtcTable, fromCtc, type ScoreInput } from '../../src/score/index.ts';

/** A rectangle of one label in one frame, `[row, column]` of its upper left pixel. */
export interface Box {
  t: number;
  label: number;
  row: number;
  column: number;
  height: number;
  width: number;
}

/** A movie of rectangles with its track table (rows of label, begin, end, parent); later boxes cover earlier ones. */
export interface Painting {
  size: number;
  nFrames: number;
  boxes: Box[];
  tracks: [number, number, number, number][];
}

/** Mask of frame `t`. */
function paint(painting: Painting, t: number): { data: Uint16Array; shape: number[] } {
  const { size, boxes } = painting;
  const data = new Uint16Array(size * size);
  for (const box of boxes)
    if (box.t === t)
      for (let row = box.row; row < box.row + box.height; row++)
        data.fill(box.label, row * size + box.column, row * size + box.column + box.width);
  return { data, shape: [size, size] };
}

export function toTable(tracks: Painting['tracks']): CtcTable {
  const column = (i: number): number[] => tracks.map((track) => track[i]);
  return { label: column(0), begin: column(1), end: column(2), parent: column(3) };
}

/** The painting as a side to score; all frames are segmentation truth. */
export function toInput(painting: Painting): ScoreInput {
  return fromCtc(toTable(painting.tracks), async (t) => paint(painting, t), {
    nFrames: painting.nFrames,
    seg: function* () {
      for (let t = 0; t < painting.nFrames; t++) yield { t, z: null, image: paint(painting, t) };
    },
  });
}

/** A side as `golden/make.py` writes it. */
export interface GoldenSide {
  boxes: [t: number, label: number, row: number, column: number, height: number, width: number][];
  tracks: Painting['tracks'];
}

export function toPainting(
  { boxes, tracks }: GoldenSide,
  { size, nFrames }: Pick<Painting, 'size' | 'nFrames'>,
): Painting {
  return {
    size,
    nFrames,
    boxes: boxes.map(([t, label, row, column, height, width]) => ({ t, label, row, column, height, width })),
    tracks,
  };
}

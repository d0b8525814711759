import type { Box, Painting } from './canvas.ts';

/*
 * The smallest movie with a division and two lone cells, and eight ways to get it wrong (time to the right):
 *
 *            /-- 2 --
 *   -- 1 ---<            4 ------------   5 ------------
 *            \-- 3 --
 *
 * Canvas 64 x 64, 10 frames, squares of 6 x 6: 35 nodes, 32 links.
 */
const SIDE = 6;
const TRUTH_TRACKS: Painting['tracks'] = [
  [1, 0, 4, 0],
  [2, 5, 9, 1],
  [3, 5, 9, 1],
  [4, 0, 9, 0],
  [5, 0, 9, 0],
];

function square(t: number, label: number, row: number, column: number): Box {
  return { t, label, row, column, height: SIDE, width: SIDE };
}

function truthBoxes(): Box[] {
  const boxes: Box[] = [];
  for (let t = 0; t < 10; t++) {
    const step = t - 5;
    if (t < 5) boxes.push(square(t, 1, 10, 4 + 3 * t));
    else {
      boxes.push(square(t, 2, 6 - Math.floor(step / 2), 16 + 3 * step));
      boxes.push(square(t, 3, 16 + Math.floor(step / 2), 16 + 3 * step));
    }
    boxes.push(square(t, 4, 34, 4 + 4 * t), square(t, 5, 46, 4 + 4 * t));
  }
  return boxes;
}

function painting(boxes: Box[], tracks = TRUTH_TRACKS): Painting {
  return { size: 64, nFrames: 10, boxes, tracks };
}

/** The truth with every box given a new label by `rename`; null drops the box. */
function relabelled(rename: (box: Box) => number | null, tracks: Painting['tracks']): Painting {
  const boxes = truthBoxes().flatMap((box) => {
    const label = rename(box);
    return label === null ? [] : [{ ...box, label }];
  });
  return painting(boxes, tracks);
}

const others = TRUTH_TRACKS.slice(3);

export const truth: Painting = painting(truthBoxes());

/** The results R0 to R8. */
export const results: Record<string, Painting> = {
  R0: painting(truthBoxes()),
  // label 4 is missed in frame 3 and goes on as label 6
  R1: relabelled(
    ({ t, label }) => (label !== 4 ? label : t === 3 ? null : t > 3 ? 6 : 4),
    [...TRUTH_TRACKS.slice(0, 3), [4, 0, 2, 0], [5, 0, 9, 0], [6, 4, 9, 4]],
  ),
  // one daughter goes on as the mother, the other appears from nowhere
  R2: relabelled(({ label }) => (label === 2 ? 1 : label), [[1, 0, 9, 0], [3, 5, 9, 0], ...others]),
  // the daughters are one object in frame 5
  R3: painting(
    [
      ...truthBoxes().map((box) =>
        box.t === 5 && (box.label === 2 || box.label === 3) ? { ...box, label: 1 } : box,
      ),
      { t: 5, label: 1, row: 12, column: 16, height: 4, width: 6 },
    ],
    [[1, 0, 5, 0], [2, 6, 9, 1], [3, 6, 9, 1], ...others],
  ),
  // labels 4 and 5 are exchanged from frame 6
  R4: relabelled(({ t, label }) => (t >= 6 && label > 3 ? 9 - label : label), TRUTH_TRACKS),
  // debris in frames 2 to 4
  R5: painting(
    [...truthBoxes(), ...[2, 3, 4].map((t) => ({ t, label: 7, row: 58, column: 58, height: 5, width: 5 }))],
    [...TRUTH_TRACKS, [7, 2, 4, 0]],
  ),
  // all objects are too small
  R6: painting(truthBoxes().map((box) => ({ ...box, height: 5, width: 5 }))),
  // the mother is cut into two equal halves a frame before she divides
  R7: painting(
    truthBoxes().flatMap((box) =>
      box.t === 4 && box.label === 1
        ? [
            { ...box, label: 2, height: 3 },
            { ...box, label: 3, row: box.row + 3, height: 3 },
          ]
        : [box],
    ),
    [[1, 0, 3, 0], [2, 4, 9, 1], [3, 4, 9, 1], ...others],
  ),
  // one daughter is taken for the mother for a frame, in which the other is missed
  R8: relabelled(
    ({ t, label }) => (t !== 5 ? label : label === 2 ? 1 : label === 3 ? null : label),
    [[1, 0, 5, 0], [2, 6, 9, 1], [3, 6, 9, 1], ...others],
  ),
};

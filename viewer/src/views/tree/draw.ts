import type { Board } from '../../image/rects.ts';
import { drawBars, drawBlocks } from './bars.ts';
import type { TreeBoard } from './brush.ts';
import type { TreeInk } from './ink.ts';
import { drawShapes } from './shapes.ts';

/**
 * Draws blocks, branches, joints and ends on their ground; all that are rectangles beside the canvas, at once.
 *
 * @param over puts what lies over the rectangles with them
 */
export function drawTree(ink: TreeInk, board: TreeBoard, over: (on: Board) => void): void {
  const brush = board.start(ink.pose, ink.theme.ground);
  drawBlocks(ink, brush);
  drawBars(ink, brush);
  over(board.board());
  board.copyTo(ink.context);
  drawShapes(ink);
}

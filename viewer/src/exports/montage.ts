import { h } from '../dom.ts';

/** Space between crops and room for a caption, in device pixels of a crop 100 wide. */
const [GAP, CAPTION] = [4, 16];

/** The inspector's crops side by side on white, with their captions: a figure. */
export function montage(crops: readonly { canvas: HTMLCanvasElement; caption: string }[]): HTMLCanvasElement {
  const first = crops[0]!.canvas;
  const unit = first.width / 100;
  const [gap, caption] = [Math.max(2, GAP * unit), CAPTION * unit];
  const out = h('canvas', {});
  out.width = Math.ceil(crops.length * (first.width + gap) - gap);
  out.height = Math.ceil(first.height + caption);
  const context = out.getContext('2d')!;
  context.fillStyle = '#fff';
  context.fillRect(0, 0, out.width, out.height);
  context.fillStyle = '#161b21';
  context.font = `${11 * unit}px Helvetica, Arial, sans-serif`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  crops.forEach(({ canvas, caption: text }, k) => {
    const left = k * (first.width + gap);
    context.drawImage(canvas, left, 0);
    context.fillText(text, left + first.width / 2, first.height + caption / 2);
  });
  return out;
}

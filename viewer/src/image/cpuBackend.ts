import type { LabelPlane } from '../data/types.ts';
import type { ImageBackend, Marking, ShownChannel, Transform } from './backend.ts';
import { drawContours, OUTLINE_PX, resampleLabels, resampleSmooth, sourceAxis } from './contours.ts';
import { composite } from './windowing.ts';

/** Below this magnification contours lose their casing, and then would hide the cells. */
const NO_CASING_BELOW = 0.45;
/** From this magnification on, pixels show as squares. */
const SQUARES_FROM = 8;
const FILL_STRONG = 36;
const FILL_ALL = 84;

/** The backend that works everywhere: typed arrays, `putImageData`, no GPU. */
export function createCpuBackend(): ImageBackend {
  const image = document.createElement('canvas');
  const marks = document.createElement('canvas');
  let labels: LabelPlane | null = null;
  let lut = new Uint32Array(1);
  let strong: ReadonlySet<number> = new Set();
  let marking: Marking = 'outline';
  let hasImage = false;
  let marksFor = '';
  let version = 0;
  let scratch = new Uint8Array(0);
  let screen = new Uint32Array(0);
  let buffer = new ImageData(1, 1);

  function renderMarks(view: Transform, width: number, height: number, lineScale: number): void {
    const key = [version, view.k, view.x, view.y, width, height, lineScale].join();
    if (key === marksFor || labels === null) return;
    marksFor = key;
    if (marks.width !== width || marks.height !== height) {
      marks.width = width;
      marks.height = height;
      buffer = new ImageData(width, height);
      screen = new Uint32Array(width * height);
    }
    const columns = sourceAxis(width, view.x, view.k, labels.width);
    const rows = sourceAxis(height, view.y, view.k * view.aspect, labels.height);
    if (view.k > 1) resampleSmooth(labels.data, labels.width, columns, rows, screen);
    else resampleLabels(labels.data, labels.width, columns.nearest, rows.nearest, screen);
    const casing = view.k / lineScale >= NO_CASING_BELOW;
    const options = {
      linePx: marking === 'fill' ? 1 : (casing ? OUTLINE_PX : 1) * lineScale,
      strong,
      fill: marking === 'fill' ? FILL_ALL : FILL_STRONG,
      fillAll: marking === 'fill',
      casing,
    };
    drawContours(screen, width, height, lut, options, new Uint32Array(buffer.data.buffer));
    marks.getContext('2d')!.putImageData(buffer, 0, 0);
  }

  return {
    setChannels(channels: readonly ShownChannel[]) {
      hasImage = channels.length > 0;
      if (!hasImage) return;
      const { width, height } = channels[0]!.plane;
      if (image.width !== width || image.height !== height || scratch.length !== width * height) {
        image.width = width;
        image.height = height;
        scratch = new Uint8Array(width * height);
      }
      const pixels = new ImageData(width, height);
      composite(channels, new Uint32Array(pixels.data.buffer), scratch);
      image.getContext('2d')!.putImageData(pixels, 0, 0);
    },
    setLabels(next) {
      if (labels === next) return;
      labels = next;
      version++;
    },
    setLut(colours, strongPlaces) {
      lut = colours as Uint32Array<ArrayBuffer>;
      strong = strongPlaces;
      version++;
    },
    setMarking(next) {
      if (marking === next) return;
      marking = next;
      version++;
    },
    render(context, view, width, height, lineScale) {
      if (hasImage) {
        context.setTransform(view.k, 0, 0, view.k * view.aspect, view.x, view.y);
        context.imageSmoothingEnabled = view.k / lineScale < SQUARES_FROM;
        context.imageSmoothingQuality = view.k < 1 ? 'medium' : 'low';
        context.drawImage(image, 0, 0);
        context.setTransform(1, 0, 0, 1, 0, 0);
      }
      if (labels === null || marking === 'none') return;
      renderMarks(view, width, height, lineScale);
      context.drawImage(marks, 0, 0);
    },
    pick(x, y) {
      if (labels === null) return 0;
      const [column, row] = [Math.floor(x), Math.floor(y)];
      const inside = column >= 0 && row >= 0 && column < labels.width && row < labels.height;
      return inside ? labels.data[row * labels.width + column]! : 0;
    },
  };
}

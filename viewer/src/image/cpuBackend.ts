import type { LabelPlane, Plane } from '../data/types.ts';
import {
  type ImageBackend,
  type Marking,
  pickLabel,
  type ShownChannel,
  type Transform,
  viewOf,
} from './backend.ts';
import { changedLabels, drawContours, resampleLabels, resampleSmooth, sourceAxis } from './contours.ts';
import { drawScaled, markLook } from './look.ts';
import { composite } from './windowing.ts';

/** The backend that works everywhere: typed arrays, `putImageData`, no GPU. */
export function createCpuBackend(): ImageBackend {
  const image = document.createElement('canvas');
  const marks = document.createElement('canvas');
  let labels: LabelPlane | null = null;
  let lut = new Uint32Array(1);
  let strong: ReadonlySet<number> = new Set();
  let marking: Marking = 'outline';
  let placed: Pick<Plane, 'at'> | null = null;
  let marksFor = '';
  let version = 0;
  // Labels that look different since the marks were drawn, where nothing else does.
  let recoloured: Uint8Array | null = null;
  let scratch = new Uint8Array(0);
  let screen = new Uint32Array(0);
  let buffer = new ImageData(1, 1);

  function renderMarks(view: Transform, width: number, height: number, lineScale: number): void {
    const key = [version, view.k, view.x, view.y, width, height, lineScale].join();
    const same = key === marksFor;
    if ((same && recoloured === null) || labels === null) return;
    const only = same ? recoloured : null;
    [marksFor, recoloured] = [key, null];
    if (marks.width !== width || marks.height !== height) {
      marks.width = width;
      marks.height = height;
      buffer = new ImageData(width, height);
      screen = new Uint32Array(width * height);
    }
    if (!same) {
      const { k, x, y, aspect } = viewOf(labels, view);
      const columns = sourceAxis(width, x, k, labels.width);
      const rows = sourceAxis(height, y, k * aspect, labels.height);
      if (k > 1) resampleSmooth(labels.data, labels.width, columns, rows, screen);
      else resampleLabels(labels.data, labels.width, columns.nearest, rows.nearest, screen);
    }
    const options = { ...markLook(view, marking, lineScale), strong, only };
    drawContours(screen, width, height, lut, options, new Uint32Array(buffer.data.buffer));
    marks.getContext('2d')!.putImageData(buffer, 0, 0);
  }

  return {
    setChannels(channels: readonly ShownChannel[]) {
      placed = channels[0]?.plane ?? null;
      if (placed === null) return;
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
      const changed = changedLabels({ lut, strong }, { lut: colours, strong: strongPlaces });
      lut = colours as Uint32Array<ArrayBuffer>;
      strong = strongPlaces;
      if (changed === null) version++;
      else recoloured = changed.map((one, label) => one | (recoloured?.[label] ?? 0));
    },
    setMarking(next) {
      if (marking === next) return;
      marking = next;
      version++;
    },
    render(context, view, width, height, lineScale) {
      if (placed !== null) drawScaled(context, image, viewOf(placed, view), lineScale);
      if (labels === null || marking === 'none') return;
      renderMarks(view, width, height, lineScale);
      context.drawImage(marks, 0, 0);
    },
    pick: (x, y) => pickLabel(labels, x, y),
  };
}

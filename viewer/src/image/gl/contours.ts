import type { LabelPlane } from '../../data/types.ts';
import type { Transform } from '../backend.ts';
import { type SourceAxis, sourceAxis } from '../contours.ts';
import type { MarkLook } from '../look.ts';
import { createProgram, type Surface } from './context.ts';
import { CONTOURS, SCREEN } from './shaders.ts';
import { createTexture, quadruples, reals, type Texture, wholes } from './textures.ts';

/** Entries in a row of the table of colours. */
const ROW = 1024;
/** What a colour's fourth number says: drawn, drawn strongly; 0 = not at all. */
const [THIN, STRONG] = [1, 2];

/** Contours of cells, made on the graphics card at the screen's resolution. */
export interface Contours {
  setLabels(labels: LabelPlane): void;
  setLut(lut: Uint32Array, strong: ReadonlySet<number>): void;
  /** The contours as a screen of this size shows them; made when something changed. */
  image(view: Transform, width: number, height: number, look: MarkLook): ImageBitmap;
}

/** Contours of nothing. */
export function createContours({ gl, canvas }: Surface): Contours {
  const resample = createProgram(gl, SCREEN);
  const draw = createProgram(gl, CONTOURS);
  const [labels, columns, rows, screen, lut] = Array.from({ length: 5 }, () => createTexture(gl)) as [
    Texture,
    Texture,
    Texture,
    Texture,
    Texture,
  ];
  let size = { width: 1, height: 1 };
  let version = { labels: 0, lut: 0 };
  let resampled = '';
  let drawn = '';
  let made: ImageBitmap | null = null;

  const loadAxis = (texture: Texture, axis: SourceAxis): void => {
    const n = axis.nearest.length;
    const values = new Float32Array(4 * n);
    for (let i = 0; i < n; i++)
      values.set([axis.nearest[i]!, axis.before[i]!, axis.after[i]!, axis.weight[i]!], 4 * i);
    texture.load(values, n, 1, reals(gl));
  };

  /** Labels as the screen shows them. */
  function toScreen(view: Transform, width: number, height: number): void {
    loadAxis(columns, sourceAxis(width, view.x, view.k, size.width));
    loadAxis(rows, sourceAxis(height, view.y, view.k * view.aspect, size.height));
    screen.load(null, width, height, wholes(gl));
    labels.bind(0);
    columns.bind(1);
    rows.bind(2);
    screen.target();
    resample.cover(width, height, {
      ints: { labels: 0, columns: 1, rows: 2, smoothly: Number(view.k > 1) },
    });
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
  }

  return {
    setLabels({ data, width, height }) {
      size = { width, height };
      labels.load(data, width, height, wholes(gl));
      version = { ...version, labels: version.labels + 1 };
    },
    setLut(colours, strong) {
      const height = Math.max(1, Math.ceil(colours.length / ROW));
      const table = new Uint32Array(ROW * height);
      for (let i = 0; i < colours.length; i++) {
        const colour = colours[i]!;
        if (colour !== 0) table[i] = (colour & 0xffffff) | (THIN << 24);
      }
      for (const i of strong) if (colours[i]) table[i] = (colours[i]! & 0xffffff) | (STRONG << 24);
      lut.load(new Uint8Array(table.buffer), ROW, height, quadruples(gl));
      version = { ...version, lut: version.lut + 1 };
    },
    image(view, width, height, { linePx, fill, fillAll, casing }) {
      const where = [version.labels, view.k, view.aspect, view.x, view.y, width, height].join();
      const how = [where, version.lut, linePx, fill, fillAll, casing].join();
      if (how === drawn && made !== null) return made;
      if (where !== resampled) toScreen(view, width, height);
      [resampled, drawn] = [where, how];
      if (canvas.width !== width || canvas.height !== height) {
        canvas.width = width;
        canvas.height = height;
      }
      screen.bind(3);
      lut.bind(4);
      draw.cover(width, height, {
        ints: {
          size: [width, height],
          screen: 3,
          lut: 4,
          casing: Number(casing),
          fillAll: Number(fillAll),
        },
        floats: { thin: linePx, thick: linePx * 1.6, fill },
      });
      made?.close();
      made = canvas.transferToImageBitmap();
      return made;
    },
  };
}

import { createRandom } from '../../src/array/index.ts';
import type { LabelPlane, PixelArray } from '../../viewer/src/data/types.ts';
import type { ImageBackend, Marking, ShownChannel, Transform } from '../../viewer/src/image/backend.ts';
import { createCpuBackend } from '../../viewer/src/image/cpuBackend.ts';
import { createGlBackend } from '../../viewer/src/image/gl/glBackend.ts';

/** A picture that both backends draw: blobs of light with labels, by a seed. */
export interface Scene {
  seed: number;
  width: number;
  height: number;
  cells: number;
  type: 'uint8' | 'int8' | 'uint16' | 'int16' | 'uint32' | 'int32' | 'float32' | 'float64';
  colours: number[];
  gamma: number;
  marking: Marking;
  labelled: boolean;
  strong: number[];
  view: Transform;
  screen: [width: number, height: number];
  lineScale: number;
}

/** How two pictures differ: the largest difference of a byte, the share of pixels that differ by more than 2, and the light in them. */
export interface Difference {
  most: number;
  share: number;
  mean: number;
  greys: number;
}

const ARRAYS = {
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  uint32: Uint32Array,
  int32: Int32Array,
  float32: Float32Array,
  float64: Float64Array,
} as const;
/** Black and white of the blobs, by type. */
const RANGE: Record<Scene['type'], [number, number]> = {
  uint8: [10, 200],
  int8: [-90, 110],
  uint16: [900, 52_000],
  int16: [-20_000, 28_000],
  uint32: [1e6, 3e9],
  int32: [-1e9, 1e9],
  float32: [-0.3, 1.7],
  float64: [-0.3, 1.7],
};

function planesOf(scene: Scene): { channels: ShownChannel[]; labels: LabelPlane } {
  const { width, height, cells, type, colours, gamma } = scene;
  const random = createRandom(scene.seed);
  const uniform = (): number => random.uniform();
  const labels = new Uint32Array(width * height);
  const light = colours.map(() => new Float64Array(width * height));
  for (let c = 1; c <= cells; c++) {
    const [x, y, r] = [uniform() * width, uniform() * height, 3 + uniform() * 0.06 * (width + height)];
    const bright = colours.map(() => 0.2 + 1.1 * uniform());
    for (let row = Math.max(0, Math.floor(y - r)); row < Math.min(height, y + r); row++) {
      for (let column = Math.max(0, Math.floor(x - r)); column < Math.min(width, x + r); column++) {
        const away = Math.hypot(column - x, row - y) / r;
        if (away >= 1) continue;
        labels[row * width + column] = c;
        for (const [k, plane] of light.entries())
          plane[row * width + column]! += bright[k]! * (1 - away * away);
      }
    }
  }
  const [low, high] = RANGE[type];
  const channels = light.map((plane, k) => {
    const data: PixelArray = new ARRAYS[type](plane.length);
    for (let i = 0; i < data.length; i++) data[i] = low + (high - low) * 0.7 * (plane[i]! + 0.2 * uniform());
    return { plane: { data, width, height }, low, high, gamma, colour: colours[k]! };
  });
  return { channels, labels: { data: labels, width, height } };
}

function lutOf({ cells, seed }: Scene): Uint32Array {
  const random = createRandom(seed + 1);
  return Uint32Array.from({ length: cells + 1 }, (_, k) =>
    k === 0 || random.uniform() < 0.1 ? 0 : (0xff000000 | Math.floor(random.uniform() * 0xffffff)) >>> 0,
  );
}

function give(backend: ImageBackend, scene: Scene, { channels, labels }: ReturnType<typeof planesOf>): void {
  backend.setChannels(channels);
  backend.setLabels(scene.labelled ? labels : null);
  backend.setLut(lutOf(scene), new Set(scene.strong));
  backend.setMarking(scene.marking);
}

function draw(backend: ImageBackend, scene: Scene): Uint8ClampedArray {
  const [width, height] = scene.screen;
  const context = new OffscreenCanvas(width, height).getContext('2d')!;
  context.fillStyle = '#07090c';
  context.fillRect(0, 0, width, height);
  const plain = context as unknown as CanvasRenderingContext2D;
  backend.render(plain, scene.view, width, height, scene.lineScale);
  return context.getImageData(0, 0, width, height).data;
}

function compare(a: Uint8ClampedArray, b: Uint8ClampedArray): Difference {
  let [most, far, sum] = [0, 0, 0];
  const greys = new Set<number>();
  for (let i = 0; i < a.length; i += 4) {
    let here = 0;
    for (let c = 0; c < 4; c++) here = Math.max(here, Math.abs(a[i + c]! - b[i + c]!));
    if (here > 2) far++;
    most = Math.max(most, here);
    sum += a[i + 1]!;
    greys.add(a[i + 1]!);
  }
  const n = a.length / 4;
  return { most, share: far / n, mean: sum / n, greys: greys.size };
}

/** Draws scenes with both backends, one after another with the same ones, as a page does. */
function differences(scenes: readonly Scene[]): Difference[] {
  const cpu = createCpuBackend();
  const gl = createGlBackend(() => {});
  if (gl === null) throw new Error('this browser has no WebGL2');
  return scenes.map((scene) => {
    const planes = planesOf(scene);
    give(cpu, scene, planes);
    give(gl, scene, planes);
    return compare(draw(cpu, scene), draw(gl, scene));
  });
}

/** Milliseconds (median of `runs`) of the page's main thread until a picture is there, by what changed. */
export interface Times {
  frame: number;
  contrast: number;
  pan: number;
  colours: number;
}

function time(scene: Scene, which: 'cpu' | 'webgl2', runs: number): Times {
  const gl = which === 'webgl2' ? createGlBackend(() => {}) : null;
  const backend = gl ?? createCpuBackend();
  const [width, height] = scene.screen;
  const context = new OffscreenCanvas(width, height).getContext('2d')!;
  const frames = [planesOf(scene), planesOf({ ...scene, seed: scene.seed + 7 })];
  const lut = lutOf(scene);
  const median = (change: (k: number) => Transform): number => {
    const all = Array.from({ length: runs + 2 }, (_, k) => {
      const start = performance.now();
      const view = change(k);
      backend.render(context as unknown as CanvasRenderingContext2D, view, width, height, scene.lineScale);
      gl?.finish();
      context.getImageData(0, 0, 1, 1);
      return performance.now() - start;
    });
    return all.slice(2).sort((a, b) => a - b)[runs >> 1]!;
  };
  give(backend, scene, frames[0]!);
  const times = {
    frame: median((k) => {
      const { channels, labels } = frames[k % 2]!;
      backend.setChannels(channels.map((c) => ({ ...c, plane: { ...c.plane } })));
      backend.setLabels({ ...labels });
      return scene.view;
    }),
    contrast: median((k) => {
      backend.setChannels(frames[0]!.channels.map((c) => ({ ...c, high: c.high * (1 + 0.01 * (k + 1)) })));
      return scene.view;
    }),
    pan: median((k) => ({ ...scene.view, x: scene.view.x + 3.5 * (k + 1) })),
    colours: median((k) => {
      backend.setLut(
        lut.map((c) => (c === 0 ? 0 : (c ^ (k + 1)) >>> 0)),
        new Set(scene.strong),
      );
      return scene.view;
    }),
  };
  gl?.free();
  return times;
}

/** Who draws with WebGL2 here. */
function renderer(): string {
  const gl = new OffscreenCanvas(1, 1).getContext('webgl2');
  const named = gl?.getExtension('WEBGL_debug_renderer_info');
  return gl && named ? String(gl.getParameter(named.UNMASKED_RENDERER_WEBGL)) : 'nobody';
}

/** What the page offers. */
export interface SceneHook {
  differences: typeof differences;
  time: typeof time;
  renderer: typeof renderer;
}

declare global {
  interface Window {
    __scene?: SceneHook;
  }
}

window.__scene = { differences, time, renderer };

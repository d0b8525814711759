import type { Placement, Plane } from '../../data/types.ts';
import type { ShownChannel } from '../backend.ts';
import { createProgram, type Program, type Surface } from './context.ts';
import { channel, type Sampled } from './shaders.ts';
import { createTexture, greys, type Texture } from './textures.ts';

/** The channels' light, added up on the graphics card. */
export interface Picture {
  /** Takes planes (each is sent once) and how they are shown. */
  set(channels: readonly ShownChannel[]): void;
  /** The light at the planes' resolution, and where they lie; null without channels. Made when something changed. */
  image(): { source: CanvasImageSource; at?: Placement } | null;
}

/** A picture without channels. */
export function createPicture({ gl, canvas }: Surface): Picture {
  const programs = new Map<Sampled, Program>();
  const planes = new Map<Plane, { texture: Texture; sampled: Sampled }>();
  let shown: readonly ShownChannel[] = [];
  // A canvas of the plain kind: browsers scale it as they scale the CPU's, to the last bit.
  const copy = document.createElement('canvas');
  let made = false;

  /** Sends the planes that are new, into the room of those that are not shown any more. */
  function keep(): void {
    const wanted = new Set(shown.map((c) => c.plane));
    const free: Texture[] = [];
    for (const [plane, { texture }] of planes) {
      if (wanted.has(plane)) continue;
      free.push(texture);
      planes.delete(plane);
    }
    for (const plane of wanted) {
      if (planes.has(plane)) continue;
      const { values, kind, sampled } = greys(gl, plane.data);
      const texture = free.pop() ?? createTexture(gl);
      texture.load(values, plane.width, plane.height, kind);
      planes.set(plane, { texture, sampled });
    }
    for (const texture of free) texture.free();
  }

  function blend(): void {
    const { width, height } = shown[0]!.plane;
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
    gl.clearColor(0, 0, 0, 1);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE);
    for (const { plane, low, high, gamma, colour } of shown) {
      const { texture, sampled } = planes.get(plane)!;
      const program = programs.get(sampled) ?? createProgram(gl, channel(sampled));
      programs.set(sampled, program);
      texture.bind(0);
      const rgb = [colour >> 16, (colour >> 8) & 255, colour & 255];
      const plain = shown.length === 1 && colour === 0xffffff;
      program.cover(width, height, {
        floats: { low, high, power: gamma, colour: rgb },
        ints: { plane: 0, plain: Number(plain), height },
      });
    }
    if (copy.width !== width || copy.height !== height) {
      copy.width = width;
      copy.height = height;
    }
    copy.getContext('2d')!.drawImage(canvas, 0, 0);
    made = true;
  }

  return {
    set(channels) {
      shown = channels;
      made = false;
      keep();
    },
    image() {
      if (shown.length === 0) return null;
      if (!made) blend();
      const { at } = shown[0]!.plane;
      return at === undefined ? { source: copy } : { source: copy, at };
    },
  };
}

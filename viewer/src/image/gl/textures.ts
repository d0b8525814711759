import type { PixelArray } from '../../data/types.ts';
import type { Sampled } from './shaders.ts';

/** How values lie in a texture. */
interface Format {
  internal: number;
  format: number;
  type: number;
}

/** Unit that nothing is read at: what is loaded changes no other. */
const SPARE = 7;

/** A texture of one size and format, which is made anew when either changes. */
export interface Texture {
  /** Takes values, row by row. */
  load(data: ArrayBufferView | null, width: number, height: number, format: Format): void;
  /** Makes it what is read at a unit. */
  bind(unit: number): void;
  /** Makes it what is drawn into. */
  target(): void;
  free(): void;
}

/** A texture that is read pixel by pixel. */
export function createTexture(gl: WebGL2RenderingContext): Texture {
  const texture = gl.createTexture();
  let framebuffer: WebGLFramebuffer | null = null;
  let [width, height, internal] = [0, 0, 0];
  gl.activeTexture(gl.TEXTURE0 + SPARE);
  gl.bindTexture(gl.TEXTURE_2D, texture);
  for (const name of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER])
    gl.texParameteri(gl.TEXTURE_2D, name, gl.NEAREST);
  for (const name of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T])
    gl.texParameteri(gl.TEXTURE_2D, name, gl.CLAMP_TO_EDGE);
  return {
    load(data, w, h, kind) {
      gl.activeTexture(gl.TEXTURE0 + SPARE);
      gl.bindTexture(gl.TEXTURE_2D, texture);
      if (w !== width || h !== height || kind.internal !== internal) {
        [width, height, internal] = [w, h, kind.internal];
        gl.texImage2D(gl.TEXTURE_2D, 0, internal, w, h, 0, kind.format, kind.type, data);
      } else if (data !== null) gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, w, h, kind.format, kind.type, data);
    },
    bind(unit) {
      gl.activeTexture(gl.TEXTURE0 + unit);
      gl.bindTexture(gl.TEXTURE_2D, texture);
    },
    target() {
      framebuffer ??= gl.createFramebuffer();
      gl.bindFramebuffer(gl.FRAMEBUFFER, framebuffer);
      gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture, 0);
    },
    free() {
      gl.deleteTexture(texture);
      gl.deleteFramebuffer(framebuffer);
    },
  };
}

/** Four whole numbers of 8 bits. */
export const quadruples = (gl: WebGL2RenderingContext): Format => ({
  internal: gl.RGBA8UI,
  format: gl.RGBA_INTEGER,
  type: gl.UNSIGNED_BYTE,
});

/** Four real numbers. */
export const reals = (gl: WebGL2RenderingContext): Format => ({
  internal: gl.RGBA32F,
  format: gl.RGBA,
  type: gl.FLOAT,
});

/** Whole numbers of 32 bits. */
export const wholes = (gl: WebGL2RenderingContext): Format => ({
  internal: gl.R32UI,
  format: gl.RED_INTEGER,
  type: gl.UNSIGNED_INT,
});

/** Grey values as a texture holds them, and the sampler that reads them. Doubles become single precision. */
export function greys(
  gl: WebGL2RenderingContext,
  data: PixelArray,
): { values: ArrayBufferView; kind: Format; sampled: Sampled } {
  const whole = (internal: number, type: number, sampled: Sampled) => ({
    values: data,
    kind: { internal, format: gl.RED_INTEGER, type },
    sampled,
  });
  if (data instanceof Uint8Array) return whole(gl.R8UI, gl.UNSIGNED_BYTE, 'u');
  if (data instanceof Int8Array) return whole(gl.R8I, gl.BYTE, 'i');
  if (data instanceof Uint16Array) return whole(gl.R16UI, gl.UNSIGNED_SHORT, 'u');
  if (data instanceof Int16Array) return whole(gl.R16I, gl.SHORT, 'i');
  if (data instanceof Uint32Array) return whole(gl.R32UI, gl.UNSIGNED_INT, 'u');
  if (data instanceof Int32Array) return whole(gl.R32I, gl.INT, 'i');
  const values = data instanceof Float64Array ? Float32Array.from(data) : data;
  return { values, kind: { internal: gl.R32F, format: gl.RED, type: gl.FLOAT }, sampled: '' };
}

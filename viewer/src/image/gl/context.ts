import { COVER } from './shaders.ts';

/** Values of uniforms by name: numbers, vectors of floats, whole numbers (and units of textures), and truths. */
export interface Uniforms {
  floats?: Record<string, number | readonly number[]>;
  ints?: Record<string, number | readonly number[]>;
}

/** A drawing program that covers its target. */
export interface Program {
  /** Draws into what is bound, `width x height` pixels. */
  cover(width: number, height: number, uniforms: Uniforms): void;
}

/** A canvas and the context that draws on it. */
export interface Surface {
  gl: WebGL2RenderingContext;
  canvas: OffscreenCanvas;
}

/** A surface, or null where there is no WebGL2 (any more). */
export function openSurface(): Surface | null {
  const canvas = new OffscreenCanvas(1, 1);
  const gl = canvas.getContext('webgl2', {
    alpha: true,
    antialias: false,
    depth: false,
    stencil: false,
    premultipliedAlpha: true,
    powerPreference: 'high-performance',
  });
  if (gl === null || gl.isContextLost()) return null;
  gl.disable(gl.DITHER);
  gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
  return { gl, canvas };
}

/**
 * A program of a fragment shader.
 *
 * @throws where the driver refuses it, with its words
 */
export function createProgram(gl: WebGL2RenderingContext, fragment: string): Program {
  const program = gl.createProgram();
  for (const [kind, source] of [
    [gl.VERTEX_SHADER, COVER],
    [gl.FRAGMENT_SHADER, fragment],
  ] as const) {
    const shader = gl.createShader(kind)!;
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
    gl.deleteShader(shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) {
    const shaders = gl.getAttachedShaders(program) ?? [];
    const words = [gl.getProgramInfoLog(program), ...shaders.map((shader) => gl.getShaderInfoLog(shader))];
    throw new Error(`a shader was refused: ${words.join(' ').trim()}`);
  }
  const places = new Map<string, WebGLUniformLocation | null>();
  const place = (name: string): WebGLUniformLocation | null => {
    if (!places.has(name)) places.set(name, gl.getUniformLocation(program, name));
    return places.get(name)!;
  };
  return {
    cover(width, height, { floats = {}, ints = {} }) {
      gl.useProgram(program);
      for (const [name, value] of Object.entries(floats)) setFloats(gl, place(name), value);
      for (const [name, value] of Object.entries(ints)) setInts(gl, place(name), value);
      gl.viewport(0, 0, width, height);
      gl.drawArrays(gl.TRIANGLES, 0, 3);
    },
  };
}

function setFloats(
  gl: WebGL2RenderingContext,
  at: WebGLUniformLocation | null,
  value: number | readonly number[],
): void {
  if (typeof value === 'number') gl.uniform1f(at, value);
  else if (value.length === 2) gl.uniform2f(at, value[0]!, value[1]!);
  else gl.uniform3f(at, value[0]!, value[1]!, value[2]!);
}

function setInts(
  gl: WebGL2RenderingContext,
  at: WebGLUniformLocation | null,
  value: number | readonly number[],
): void {
  if (typeof value === 'number') gl.uniform1i(at, value);
  else gl.uniform2i(at, value[0]!, value[1]!);
}

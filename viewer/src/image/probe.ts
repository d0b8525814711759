import type { ImageBackend, ShownChannel, Transform } from './backend.ts';

/** What is on screen: what a probe draws again. */
export interface Shown {
  channels: readonly ShownChannel[];
  labels: Parameters<ImageBackend['setLabels']>[0];
  lut: Parameters<ImageBackend['setLut']>;
  marking: Parameters<ImageBackend['setMarking']>[0];
  view: Transform;
  width: number;
  height: number;
  lineScale: number;
}

/** Pictures that a probe draws; the first, which also makes programs ready, does not count. */
const PICTURES = 3;
/** A renderer that is a program and not a card. */
const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render/i;

/** Is there a graphics card that draws for the page? */
export function hasCard(): boolean {
  const canvas = new OffscreenCanvas(1, 1);
  const gl = canvas.getContext('webgl2', { failIfMajorPerformanceCaveat: true });
  if (gl === null) return false;
  const named = gl.getExtension('WEBGL_debug_renderer_info');
  const name = String(gl.getParameter(named === null ? gl.RENDERER : named.UNMASKED_RENDERER_WEBGL));
  gl.getExtension('WEBGL_lose_context')?.loseContext();
  return !SOFTWARE.test(name);
}

/** Gives a backend all that is shown. */
export function give(backend: ImageBackend, { channels, labels, lut, marking }: Shown): void {
  backend.setChannels(channels);
  backend.setLabels(labels);
  backend.setLut(...lut);
  backend.setMarking(marking);
}

/**
 * Milliseconds that a backend takes for a new frame like the one shown, the median of a few.
 *
 * @param finish waits until all is drawn
 */
export function timeFrame(backend: ImageBackend, shown: Shown, finish: () => void): number {
  const { view, width, height, lineScale } = shown;
  const context = new OffscreenCanvas(width, height).getContext('2d') as unknown as CanvasRenderingContext2D;
  const times: number[] = [];
  for (let k = 0; k <= PICTURES; k++) {
    const start = performance.now();
    // Copies count as planes that were not there before.
    const channels = shown.channels.map((c) => ({ ...c, plane: { ...c.plane } }));
    give(backend, { ...shown, channels, labels: shown.labels === null ? null : { ...shown.labels } });
    backend.render(context, view, width, height, lineScale);
    finish();
    if (k > 0) times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[times.length >> 1]!;
}

import type { LabelPlane } from '../../data/types.ts';
import { type ImageBackend, type Marking, pickLabel, viewOf } from '../backend.ts';
import { drawScaled, markLook } from '../look.ts';
import { openSurface } from './context.ts';
import { createContours } from './contours.ts';
import { createPicture } from './picture.ts';

/** A backend on a graphics card. */
export interface GlBackend extends ImageBackend {
  /** Is there no card (any more) that draws? */
  lost(): boolean;
  /** Can planes of this size be drawn? */
  fits(width: number, height: number): boolean;
  /** Waits until everything is drawn. */
  finish(): void;
  free(): void;
}

/**
 * The backend that draws with WebGL2: planes and labels are sent once; contrast, gamma and colours are numbers beside
 * them. It gives the pictures of the CPU's backend.
 *
 * @param onLost called when the graphics card takes its context back; it draws nothing from then on
 * @returns null where there is no WebGL2
 * @throws where the driver refuses a shader
 */
export function createGlBackend(onLost: () => void): GlBackend | null {
  const surfaces = [openSurface(), openSurface()];
  const [below, above] = surfaces;
  if (!below || !above) return null;
  const picture = createPicture(below);
  const contours = createContours(above);
  const most = below.gl.getParameter(below.gl.MAX_TEXTURE_SIZE) as number;
  let labels: LabelPlane | null = null;
  let marking: Marking = 'outline';
  for (const { canvas } of [below, above]) canvas.addEventListener('webglcontextlost', onLost);
  const lost = (): boolean => below.gl.isContextLost() || above.gl.isContextLost();

  return {
    setChannels: (channels) => picture.set(channels),
    setLabels(next) {
      if (labels === next) return;
      labels = next;
      if (next !== null) contours.setLabels(next);
    },
    setLut: (colours, strong) => contours.setLut(colours, strong),
    setMarking(next) {
      marking = next;
    },
    render(context, view, width, height, lineScale) {
      if (lost()) return;
      const image = picture.image();
      if (image !== null) drawScaled(context, image.source, viewOf(image, view), lineScale);
      if (labels === null || marking === 'none') return;
      const look = markLook(view, marking, lineScale);
      context.drawImage(contours.image(viewOf(labels, view), width, height, look), 0, 0);
    },
    pick: (x, y) => pickLabel(labels, x, y),
    lost,
    fits: (width, height) => width <= most && height <= most,
    finish() {
      for (const { gl } of [below, above])
        gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4));
    },
    free() {
      for (const { canvas, gl } of [below, above]) {
        canvas.removeEventListener('webglcontextlost', onLost);
        gl.getExtension('WEBGL_lose_context')?.loseContext();
      }
    },
  };
}

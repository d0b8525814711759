import type { App } from '../../app.ts';
import { drawCrop } from '../inspector/crop.ts';
import { cropPlanes } from '../inspector/cropPlanes.ts';
import { planStrip, type Strip, type StripFrame } from '../inspector/strip.ts';
import type { TreeInk } from './ink.ts';
import { placeThumbs, type Thumb } from './thumbRoom.ts';

/** Pictures waited for at a time, and kept. */
const AT_ONCE = 6;
const KEPT = 240;

/** Pictures of the daughters at their birth, in the tree where there is room for them; drawn as their pixels come. */
export interface Thumbs {
  draw(ink: TreeInk): void;
  /** Dividing node of the picture under a point, -1 = none. */
  at(x: number, y: number): number;
  settled(): boolean;
  /** Pictures that have room. */
  count(): number;
}

export function createThumbs(app: App, dirty: () => void): Thumbs {
  const { data, frames } = app;
  const made = new Map<string, HTMLCanvasElement>();
  let shown: Thumb[] = [];
  let waiting: { key: string; px: number; strip: Strip; frame: StripFrame }[] = [];
  let version = -1;

  const nodeOf = ({ branch }: Thumb): number => data.branches.nodes[data.branches.start[branch + 1]! - 1]!;
  function want(): void {
    frames.want(
      'thumbs',
      waiting.slice(0, AT_ONCE).flatMap(({ frame, strip }) => cropPlanes(app, frame, strip.half)),
    );
  }

  /** Makes the pictures whose planes have come. */
  function make(): void {
    const ready = waiting
      .slice(0, AT_ONCE)
      .filter(({ frame, strip }) => cropPlanes(app, frame, strip.half).every(frames.known));
    if (ready.length === 0) return;
    for (const { key, px, strip, frame } of ready) {
      const canvas = document.createElement('canvas');
      canvas.width = canvas.height = px;
      drawCrop(
        app,
        canvas.getContext('2d')!,
        frame,
        strip.half,
        px,
        0,
        window.devicePixelRatio || 1,
        'marked',
      );
      made.set(key, canvas);
      if (made.size > KEPT) made.delete(made.keys().next().value!);
    }
    waiting = waiting.filter((one) => !ready.includes(one));
    want();
    dirty();
  }
  frames.onArrival(() => {
    if (waiting.length > 0) make();
  });

  return {
    draw({ axis, layout, plan, pose, theme, context }) {
      if (!frames.hasImage) return;
      if (version !== app.version.value) made.clear();
      version = app.version.value;
      shown = placeThumbs(axis.branches, layout, plan, pose);
      const ratio = window.devicePixelRatio || 1;
      const before = waiting.map(({ key }) => key).join();
      waiting = [];
      for (const thumb of shown) {
        const node = nodeOf(thumb);
        const px = Math.round(thumb.side * ratio);
        const key = `${node}/${px}`;
        const picture = made.get(key);
        if (picture !== undefined) {
          context.drawImage(picture, thumb.x, thumb.y, thumb.side, thumb.side);
          context.strokeStyle = theme.faint;
          context.lineWidth = 1;
          context.strokeRect(thumb.x - 0.5, thumb.y - 0.5, thumb.side + 1, thumb.side + 1);
          continue;
        }
        const strip = planStrip(data, node, { kind: 'division', node });
        const frame = strip.frames.find(({ t }) => t === strip.zero);
        if (frame !== undefined) waiting.push({ key, px, strip, frame });
      }
      if (waiting.map(({ key }) => key).join() !== before) want();
      make();
    },
    at(x, y) {
      const hit = shown.find(
        (thumb) => x >= thumb.x && y >= thumb.y && x < thumb.x + thumb.side && y < thumb.y + thumb.side,
      );
      return hit === undefined || !frames.hasImage ? -1 : nodeOf(hit);
    },
    settled: () => waiting.length === 0,
    count: () => (frames.hasImage ? shown.length : 0),
  };
}

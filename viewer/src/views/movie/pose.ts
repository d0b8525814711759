import type { Space } from '../../data/types.ts';
import type { Transform } from '../../image/backend.ts';
import type { MovieView } from '../../state/state.ts';

/** Share of the panel that the whole picture takes. */
const FIT = 0.985;

/** The view that shows the whole picture. */
export function fitMovie(space: Space, width: number, height: number): MovieView {
  const k = Math.min((width * FIT) / space.width, (height * FIT) / (space.height * space.aspect));
  return { x: space.width / 2, y: space.height / 2, k: Math.max(k, 1e-6) };
}

/** A view as a transform to pixels of a panel, `ratio` of them for one CSS pixel. */
export function toTransform(
  view: MovieView,
  aspect: number,
  width: number,
  height: number,
  ratio: number,
): Transform {
  const k = view.k * ratio;
  return { k, x: (width * ratio) / 2 - view.x * k, y: (height * ratio) / 2 - view.y * k * aspect, aspect };
}

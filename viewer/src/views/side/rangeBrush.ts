import { type BrushBehavior, brush, brushX, type D3BrushEvent, type ScaleLinear } from 'd3';
import type { App } from '../../app.ts';
import { setTerms } from '../../filter/keep.ts';
import { rangeOf, rangeTerm } from '../../filter/ranges.ts';
import { ends, M, type Room, type Svg } from './chart.ts';

/** What an axis of a plot says of tracks: the filter's name for it, its scale, and the least step between two values. */
export interface Ranged {
  key: string;
  scale: ScaleLinear<number, number>;
  step: number;
}

type Span = [number, number];

/** A pointer that moved less, CSS pixels, has clicked. */
const CLICK = 4;

/** Marks of a plot that are clicked themselves. */
const MARKS = '.pick, .dot, .trace';

/** The values between two places of a scale: whole steps, at least one. */
function valuesIn({ scale, step }: Ranged, from: number, to: number): Span {
  const [a, b] = [scale.invert(from) / step, scale.invert(to) / step].sort((p, q) => p - q) as Span;
  // A value has the room of half a step on both sides, less a little that brushes take with them.
  const [low, high] = [Math.ceil(a - 0.3), Math.floor(b + 0.3)];
  const near = Math.round((a + b) / 2);
  return low <= high ? [low * step, high * step] : [near * step, near * step];
}

/** Where a range lies on a scale, low end first in pixels. */
function placeOf({ scale, step }: Ranged, [low, high]: Span): Span {
  const ends = [scale(low - step / 2), scale(high + step / 2)];
  const [from, to] = scale.range() as Span;
  const inside = ends.map((v) => Math.min(Math.max(v, Math.min(from, to)), Math.max(from, to)));
  return [Math.min(...inside), Math.max(...inside)];
}

/**
 * Dragging over a plot filters all views for what lies in the range, a click beside the range takes it back; without one
 * it does `click`. The range is the filter's own, however it got there. Marks below are clicked through.
 */
export function brushRange(
  app: App,
  svg: Svg['svg'],
  x: Ranged,
  y: Ranged | null,
  room: Room,
  click: (event: MouseEvent) => void = () => {},
): void {
  const text = app.state.filter.peek();
  const ranged = y === null ? [x] : [x, y];
  const keys = ranged.map(({ key }) => key);
  const ranges = ranged.map(({ key }) => rangeOf(text, key));
  const { right, bottom } = ends(room);
  const area: [Span, Span] = [
    [M.left, M.top],
    [right, bottom],
  ];
  const behaviour: BrushBehavior<unknown> = (y === null ? brushX() : brush())
    .extent(area)
    .keyModifiers(false);
  const group = svg.append('g').attr('class', 'range-brush').call(behaviour);
  // What filters for one of two columns alone is shown over the whole of the other.
  const span = (k: number): Span => {
    const range = ranges[k];
    return range == null
      ? (ranged[k]!.scale.range().toSorted((p, q) => p - q) as Span)
      : placeOf(ranged[k]!, range);
  };
  const shown = ranges.some((range) => range !== null);
  /** Shows the range of the filter, or none. */
  const show = (): void => {
    const [xs, ys] = [span(0), y === null ? null : span(1)];
    const box = ys === null ? xs : [0, 1].map((k) => [xs[k]!, ys[k]!] as Span);
    group.call(behaviour.move, shown ? (box as Span | [Span, Span]) : null);
  };
  show();
  const under = (event: MouseEvent): Element | undefined =>
    document
      .elementsFromPoint(event.clientX, event.clientY)
      .find((one) => one.matches(MARKS) && svg.node()!.contains(one));
  // What the program does has no event.
  let from: MouseEvent | undefined;
  behaviour.on('start', (event: D3BrushEvent<unknown>) => {
    from = event.sourceEvent as MouseEvent | undefined;
  });
  behaviour.on('end', (event: D3BrushEvent<unknown>) => {
    const source = event.sourceEvent as MouseEvent | undefined;
    if (source === undefined || from === undefined) return;
    const clicked = Math.hypot(source.clientX - from.clientX, source.clientY - from.clientY) < CLICK;
    if (clicked || event.selection === null) {
      show();
      const mark = under(source);
      if (mark !== undefined) mark.dispatchEvent(new MouseEvent('click', source));
      else if (shown && event.selection === null) setTerms(app, keys);
      else click(source);
      return;
    }
    const [[x0, y0], [x1, y1]] = (
      y === null ? (event.selection as Span).map((at) => [at, 0]) : event.selection
    ) as [Span, Span];
    const terms = [rangeTerm(x.key, ...valuesIn(x, x0, x1))];
    if (y !== null) terms.push(rangeTerm(y.key, ...valuesIn(y, y1, y0)));
    setTerms(app, keys, ...terms);
  });
  // The brush lies over the marks: it says what they would.
  const title = group.select('.overlay').append('title');
  group.on('pointermove', (event: PointerEvent) => {
    const mark = under(event);
    group.classed('over-mark', mark !== undefined);
    title.text(mark?.querySelector('title')?.textContent ?? 'drag: filter all views for a range');
  });
}

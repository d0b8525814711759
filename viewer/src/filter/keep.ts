import type { App } from '../app.ts';
import { toUm } from '../edits/place.ts';
import type { Rect } from '../image/windowing.ts';
import { exchangeTerms, rangeTerm } from './ranges.ts';

/** Puts other terms in the place of those about the same columns. */
export function setTerms({ state }: App, keys: readonly string[], ...terms: string[]): void {
  state.filter.value = exchangeTerms(state.filter.peek(), keys, terms);
}

/** Keeps what lies in a part of the picture, world units. */
export function keepPart(app: App, { x0, y0, x1, y1 }: Rect): void {
  const range = (key: 'x' | 'y', a: number, b: number): string => {
    const axis = key === 'x' ? 0 : 1;
    return rangeTerm(key, toUm(app, a, axis), toUm(app, b, axis), 1);
  };
  setTerms(app, ['x', 'y'], range('x', x0, x1), range('y', y0, y1));
}

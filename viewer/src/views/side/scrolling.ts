/** Height of a row, CSS pixels. */
export const ROW = 24;
/** Browsers draw nothing of elements much higher than this (Firefox: 17.9 million); beyond, a step of the scrollbar is several rows. */
const MOST_HEIGHT = 8_000_000;

/** Height of so many rows, CSS pixels. */
export const heightOf = (count: number): number => Math.min(count * ROW, MOST_HEIGHT);

/** Rows above the upper edge of the view, with fraction. */
export function rowsAbove(count: number, scrollTop: number, viewHeight: number): number {
  const room = heightOf(count) - viewHeight;
  return room <= 0 ? 0 : (Math.min(scrollTop, room) / room) * (count - viewHeight / ROW);
}

/** Where the upper edge of a row lies in the scrolled element while so much of it is scrolled, CSS pixels. */
export function topOf(count: number, place: number, scrollTop: number, viewHeight: number): number {
  const room = Math.max(0, heightOf(count) - viewHeight);
  const above = rowsAbove(count, scrollTop, viewHeight);
  return Math.round(Math.min(scrollTop, room) + (place - above) * ROW);
}

/** How far to scroll for so many rows to lie above the view. */
export function scrollFor(count: number, above: number, viewHeight: number): number {
  const room = heightOf(count) - viewHeight;
  const most = count - viewHeight / ROW;
  return room <= 0 ? 0 : (Math.min(Math.max(above, 0), most) / most) * room;
}

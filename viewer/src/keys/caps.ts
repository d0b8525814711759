import { h } from '../dom.ts';
import { printParts } from './printed.ts';

/** A key as it is printed on a keyboard: `Shift`, `N`. */
export const caps = (name: string): HTMLElement[] => printParts(name).map((part) => h('kbd', {}, part));

import { h } from '../dom.ts';

const NAMES: Record<string, string> = {
  ' ': 'Space',
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  Escape: 'Esc',
};

/** A key as it is printed on a keyboard: `Shift`, `N`. */
export function caps(name: string): HTMLElement[] {
  const parts = name === '+' ? ['+'] : name.split(/\+(?=.)/);
  return parts.map((part) => h('kbd', {}, NAMES[part] ?? (part.length === 1 ? part.toUpperCase() : part)));
}

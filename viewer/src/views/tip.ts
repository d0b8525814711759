import { h } from '../dom.ts';

/** Room that a tip needs to the right and below before it changes sides, CSS pixels. */
const [ROOM_X, ROOM_Y] = [280, 64];

/** A small label that follows the pointer inside a panel. */
export function createTip(panel: HTMLElement): {
  show(lines: readonly string[], x: number, y: number): void;
  hide(): void;
} {
  const element = h('div', { class: 'tip', hidden: true });
  panel.append(element);
  return {
    show(lines, x, y) {
      element.hidden = lines.length === 0;
      if (lines.length === 0) return;
      element.replaceChildren(...lines.map((line) => h('div', {}, line)));
      const left = x > panel.clientWidth - ROOM_X;
      const up = y > panel.clientHeight - ROOM_Y;
      const shift = `translate(${left ? '-100%' : '0'}, ${up ? '-100%' : '0'})`;
      element.style.transform = `translate(${left ? x - 12 : x + 14}px, ${up ? y - 12 : y + 14}px) ${shift}`;
    },
    hide: () => {
      element.hidden = true;
    },
  };
}

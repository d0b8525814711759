import { h } from '../dom.ts';

/** Distance from the pointer, CSS pixels. */
const AWAY = 14;

/** A small label that follows the pointer inside a panel. */
export function createTip(panel: HTMLElement): {
  show(lines: readonly string[], x: number, y: number): void;
  hide(): void;
} {
  const element = h('div', { class: 'tip', hidden: true });
  panel.append(element);
  let said = '';
  let [width, height] = [0, 0];
  return {
    show(lines, x, y) {
      element.hidden = lines.length === 0;
      if (lines.length === 0) return;
      const text = lines.join('\n');
      if (text !== said) {
        said = text;
        element.replaceChildren(...lines.map((line) => h('div', {}, line)));
        [width, height] = [element.offsetWidth, element.offsetHeight];
      }
      // On the other side of the pointer, or as far as there is room.
      const place = (at: number, size: number, room: number): number =>
        at + AWAY + size <= room
          ? at + AWAY
          : Math.max(0, at - AWAY - size >= 0 ? at - AWAY - size : room - size);
      const [left, top] = [place(x, width, panel.clientWidth), place(y, height, panel.clientHeight)];
      element.style.transform = `translate(${left}px, ${top}px)`;
    },
    hide: () => {
      element.hidden = true;
    },
  };
}

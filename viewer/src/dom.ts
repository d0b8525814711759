import { hint } from './keys/hints.ts';

type Child = Node | string | null;

/** Properties of an element: attributes as strings, `class`, and listeners as `onclick` etc. */
type Props = Record<string, string | number | boolean | ((event: never) => void) | null>;

/** An element with attributes, listeners and children. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value as EventListener);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== false && value !== null) element.setAttribute(name, String(value));
  }
  for (const child of children) if (child !== null) element.append(child);
  return element;
}

/** Sets a text where it is another: setting the same one would have the page laid out again. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** Gives an element these children; those there that are equal, at the same place, stay. They have no listeners. */
export function putChildren(parent: Element, children: readonly Node[]): void {
  children.forEach((child, k) => {
    const old = parent.childNodes[k];
    if (old === undefined) parent.append(child);
    else if (!old.isEqualNode(child)) old.replaceWith(child);
  });
  while (parent.childNodes.length > children.length) parent.lastChild!.remove();
}

/** Paths of the icons, 16 x 16, stroked. */
const ICONS = {
  play: 'M5 3.2v9.6L12.6 8Z',
  pause: 'M5 3v10M11 3v10',
  previous: 'M10 3.5 5.5 8l4.5 4.5',
  next: 'M6 3.5 10.5 8 6 12.5',
  fit: 'M3 6V3h3M10 3h3v3M13 10v3h-3M6 13H3v-3',
  link: 'M6.8 9.2 9.2 6.8M7.3 4.8l1.4-1.4a2.7 2.7 0 0 1 3.9 3.9l-1.4 1.4M8.7 11.2l-1.4 1.4a2.7 2.7 0 0 1-3.9-3.9l1.4-1.4',
  help: 'M6 6.2a2 2 0 1 1 2.9 1.8c-.6.3-.9.7-.9 1.4M8 11.6v.1',
  sun: 'M8 5.2a2.8 2.8 0 1 1 0 5.6 2.8 2.8 0 0 1 0-5.6ZM8 1.5v1.4M8 13.1v1.4M1.5 8h1.4M13.1 8h1.4M3.4 3.4l1 1M11.6 11.6l1 1M12.6 3.4l-1 1M4.4 11.6l-1 1',
  moon: 'M12.8 9.6A5.4 5.4 0 0 1 6.4 3.2a5.4 5.4 0 1 0 6.4 6.4Z',
  contrast: 'M8 2.2a5.8 5.8 0 1 1 0 11.6A5.8 5.8 0 0 1 8 2.2ZM8 2.2v11.6M8 5h4.8M8 8h5.8M8 11h4.8',
  flip: 'M3 5.5h9M9.5 3 12 5.5 9.5 8M13 10.5H4M6.5 8 4 10.5 6.5 13',
  download: 'M8 2.5v7M5 6.8 8 9.8l3-3M3 13h10',
  upload: 'M8 9.8v-7M5 5.8 8 2.8l3 3M3 13h10',
  filter: 'M2.5 3.5h11L9.6 8.4v4.8l-3.2-1.8v-3Z',
  copy: 'M6 5.8h7v7H6ZM3.2 10.2v-7h7',
  undo: 'M6.2 3.2 3 6.4l3.2 3.2M3.4 6.4h6a3.3 3.3 0 0 1 0 6.6H7',
  redo: 'm9.8 3.2 3.2 3.2-3.2 3.2M12.6 6.4h-6a3.3 3.3 0 0 0 0 6.6H9',
  sheet: 'M3 3h4v4H3ZM9 3h4v4H9ZM3 9h4v4H3ZM9 9h4v4H9Z',
  plot: 'M3 3v10h10M5.2 10.4 8 7l2 1.8 3-4.2',
  tree: 'M8 2.5v3M4 9V5.5h8V9M2.5 13V9h3v4M10.5 13V9h3v4',
  close: 'm4 4 8 8M12 4l-8 8',
} as const;
export type IconName = keyof typeof ICONS;

/** An icon; it says nothing to screen readers, so its button needs a name. */
export function icon(name: IconName): SVGSVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute('d', ICONS[name]);
  svg.append(path);
  return svg;
}

/** Does a click ask for its cell to be put into the middle of all views? */
export const toMiddle = (event: MouseEvent): boolean => event.ctrlKey || event.metaKey;

/** A button with an icon, named for screen readers and on hover; `{command}` in its name is that command's key. */
export function iconButton(name: IconName, title: string, onclick: () => void): HTMLButtonElement {
  const button = h('button', { type: 'button', class: 'icon-button', onclick }, icon(name));
  hint(button, title, ['aria-label', 'title']);
  return button;
}

/** A row of buttons of which one is pressed; `{command}` in a title is that command's key. */
export function choice<T extends string>(
  label: string,
  values: readonly { value: T; text: string; title?: string }[],
  onpick: (value: T) => void,
): { element: HTMLElement; set(value: T): void } {
  const buttons = values.map(({ value, text, title }) => {
    const button = h('button', { type: 'button', class: 'choice', onclick: () => onpick(value) }, text);
    if (title !== undefined) hint(button, title);
    return { value, button };
  });
  return {
    element: h(
      'div',
      { class: 'choices', role: 'group', 'aria-label': label },
      ...buttons.map((b) => b.button),
    ),
    set(value) {
      for (const b of buttons) b.button.setAttribute('aria-pressed', String(b.value === value));
    },
  };
}

/** Sets a canvas to the size of its box in device pixels. Returns CSS size and device pixels for one CSS pixel. */
export function sizeCanvas(
  canvas: HTMLCanvasElement,
  box: { width: number; height: number },
): { width: number; height: number; ratio: number } {
  const ratio = window.devicePixelRatio || 1;
  const [width, height] = [
    Math.max(1, Math.round(box.width * ratio)),
    Math.max(1, Math.round(box.height * ratio)),
  ];
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  return { width: box.width, height: box.height, ratio };
}

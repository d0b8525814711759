import type { Page } from 'playwright-core';

/** Least contrast of text, and of large text (24 pixels, or 18.7 when bold). Source: WCAG 2.2, 1.4.3. */
const CONTRAST = 4.5;
const LARGE_CONTRAST = 3;
/** Least side of a target, CSS pixels. Source: WCAG 2.2, 2.5.8. */
const TARGET = 24;

/**
 * Texts that stand out too little, as `text: ratio`: colours are laid over each other as the browser does, from the
 * page's ground up. Disabled controls, what only screen readers see, and what lies on the movie with a casing of its own
 * are left out.
 */
export function paleText(page: Page): Promise<string[]> {
  return page.evaluate(
    ([least, large]) => {
      const context = Object.assign(document.createElement('canvas'), { width: 1, height: 1 }).getContext(
        '2d',
        {
          willReadFrequently: true,
        },
      )!;
      const luminance = (): number => {
        const [r, g, b] = [...context.getImageData(0, 0, 1, 1).data].map((v) => {
          const c = v / 255;
          return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
      };
      const over = (colour: string): void => {
        context.fillStyle = colour;
        context.fillRect(0, 0, 1, 1);
      };
      const out: string[] = [];
      const top = document.querySelector('dialog[open]') ?? document.body;
      for (const element of top.querySelectorAll<HTMLElement | SVGElement>('*')) {
        const text = [...element.childNodes]
          .filter((n) => n.nodeType === 3)
          .map((n) => n.textContent!.trim())
          .join('');
        const box = element.getBoundingClientRect();
        if (
          text === '' ||
          box.width < 2 ||
          box.height < 2 ||
          element.closest('.sr-only, :disabled, .movie-stage') !== null
        )
          continue;
        const style = getComputedStyle(element);
        if (style.visibility === 'hidden' || !element.checkVisibility()) continue;
        const chain: Element[] = [];
        for (let at: Element | null = element; at !== null; at = at.parentElement) chain.unshift(at);
        context.globalAlpha = 1;
        over('#fff');
        let opacity = 1;
        for (const one of chain) {
          const { backgroundColor, opacity: own } = getComputedStyle(one);
          opacity *= Number(own);
          over(backgroundColor);
        }
        const ground = luminance();
        context.globalAlpha = opacity;
        over(element instanceof SVGElement ? style.fill : style.color);
        const ink = luminance();
        const ratio = (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05);
        const size = Number.parseFloat(style.fontSize);
        const big = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
        if (ratio < (big ? large! : least!)) out.push(`${text.slice(0, 40)}: ${ratio.toFixed(2)}`);
      }
      return [...new Set(out)];
    },
    [CONTRAST, LARGE_CONTRAST],
  );
}

const CONTROLS = new Set([
  'button',
  'link',
  'textbox',
  'searchbox',
  'combobox',
  'listbox',
  'slider',
  'spinbutton',
  'checkbox',
  'radio',
  'tab',
  'tabpanel',
  'menu',
  'menuitem',
  'tree',
  'treeitem',
  'grid',
  'dialog',
  'img',
  'image',
]);

/** Controls that assistive technology is told no name of, as the browser's own tree of accessibility has them. */
export async function nameless(page: Page): Promise<string[]> {
  const session = await page.context().newCDPSession(page);
  try {
    const { nodes } = await session.send('Accessibility.getFullAXTree');
    return nodes
      .filter(({ ignored, role, name }) => {
        return !ignored && CONTROLS.has(String(role?.value)) && String(name?.value ?? '').trim() === '';
      })
      .map(({ role, backendDOMNodeId }) => `${role?.value} ${backendDOMNodeId}`);
  } finally {
    await session.detach();
  }
}

/** Makes the next Tab go to the first stop of the page. */
export function fromTheTop(page: Page): Promise<void> {
  return page.evaluate(() => {
    const top = document.querySelector<HTMLElement>('.topbar')!;
    top.tabIndex = -1;
    top.focus();
    top.removeAttribute('tabindex');
  });
}

/** Presses Tab until the focus has come round: where it stopped, and where nothing on the page shows it. */
export async function focusStops(page: Page): Promise<{ stops: string[]; unseen: string[]; round: boolean }> {
  await fromTheTop(page);
  const stops: string[] = [];
  const unseen: string[] = [];
  for (let k = 0; k < 300; k++) {
    await page.keyboard.press('Tab');
    const now = await page.evaluate(() => {
      const at = document.activeElement;
      if (at === null || at === document.body) return null;
      const marks = globalThis as { passed?: WeakSet<Element> };
      marks.passed ??= new WeakSet();
      const again = marks.passed.has(at);
      marks.passed.add(at);
      const shown = at.classList.contains('sr-only') ? at.closest('.panel')! : at;
      const { outlineStyle, outlineWidth } = getComputedStyle(shown);
      const box = shown.getBoundingClientRect();
      const seen =
        outlineStyle !== 'none' && Number.parseFloat(outlineWidth) > 0 && box.width > 0 && box.height > 0;
      const name = at.getAttribute('aria-label') ?? at.textContent ?? '';
      return { name: `${at.tagName.toLowerCase()} ${name.slice(0, 40)}`, seen, again };
    });
    if (now === null || now.again) return { stops, unseen, round: true };
    stops.push(now.name);
    if (!now.seen) unseen.push(now.name);
  }
  return { stops, unseen, round: false };
}

/** Controls in view that are too small to be hit. */
export function smallTargets(page: Page): Promise<string[]> {
  return page.evaluate((least) => {
    const controls = document.querySelectorAll<HTMLElement>(
      'button, select, input, [role="tab"], summary, a[href]',
    );
    return [...controls]
      .filter((one) => one.checkVisibility() && one.closest('.sr-only, dialog:not([open])') === null)
      .map((one) => ({ one, box: one.getBoundingClientRect() }))
      .filter(({ box }) => box.width > 0 && (box.width < least - 0.5 || box.height < least - 0.5))
      .map(({ one, box }) => {
        const name = one.getAttribute('aria-label') ?? one.textContent ?? '';
        return `${one.tagName.toLowerCase()} ${name.slice(0, 30)} ${Math.round(box.width)} x ${Math.round(box.height)}`;
      });
  }, TARGET);
}

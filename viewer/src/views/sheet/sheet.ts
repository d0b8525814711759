import type { Command } from '../../../../src/lineage/edits/types.ts';
import type { App } from '../../app.ts';
import { formatTime } from '../../data/units.ts';
import { h, iconButton } from '../../dom.ts';
import { chanceText } from '../../review/chances.ts';
import { approve, choose } from '../../review/decide.ts';
import { eventName, type LineageEvent, successors } from '../../review/events.ts';
import type { Review } from '../../review/review.ts';
import { createStrips } from './strips.ts';

/** Divisions on a page, and the side of their pictures, CSS pixels. */
const PER_PAGE = 20;
const SIDE = 78;

/** The contact sheet: all divisions that are not decided, twenty on a page; Enter accepts those that are not marked. */
export function createSheet(
  app: App,
  review: Review,
): { element: HTMLDialogElement; open(): void; settled(): boolean } {
  const { data } = app;
  const strips = createStrips(app);
  const title = h('h2', { tabindex: -1, autofocus: true }, 'Divisions');
  const count = h('span', { class: 'muted' });
  const hint = h('span', { class: 'muted sheet-hint only-to-edit' }, '· click those that are wrong');
  const grid = h('div', { class: 'sheet-grid' });
  const accept = h(
    'button',
    { type: 'button', class: 'choice accept only-to-edit', onclick: () => void decide() },
    'Accept (Enter)',
  );
  const element = h(
    'dialog',
    { class: 'sheet', 'aria-label': 'Contact sheet of divisions' },
    h(
      'header',
      { class: 'tools' },
      title,
      count,
      hint,
      h('span', { class: 'spring' }),
      accept,
      iconButton('previous', 'Previous page (PgUp)', () => turn(-1)),
      iconButton('next', 'Next page (PgDn)', () => turn(1)),
      iconButton('close', 'Close (Esc)', () => element.close()),
    ),
    grid,
  );
  let open: number[] = [];
  let page = 0;
  const wrong = new Set<number>();
  const event = (node: number): LineageEvent => ({ kind: 'division', node });
  const sure = (node: number): number => review.sure(event(node));
  const shown = (): number[] => open.slice(page * PER_PAGE, (page + 1) * PER_PAGE);

  /** The undecided divisions, the least certain first. */
  function collect(): void {
    const reviews = review.log.reviews.peek();
    const kept = app.kept.peek();
    open = Array.from(data.divisions).filter(
      (node) => (kept?.has(node) ?? true) && !reviews.has(eventName(data, event(node))),
    );
    open.sort(
      (a, b) => (Number.isNaN(sure(a)) ? 1 : sure(a)) - (Number.isNaN(sure(b)) ? 1 : sure(b)) || a - b,
    );
    page = Math.max(0, Math.min(page, Math.ceil(open.length / PER_PAGE) - 1));
  }

  function draw(): void {
    wrong.clear();
    const nodes = shown();
    const ratio = window.devicePixelRatio || 1;
    const first = page * PER_PAGE;
    const among = app.kept.peek() === null ? '' : ' that passes the filter';
    const none = data.divisions.length === 0;
    hint.hidden = open.length === 0;
    count.textContent =
      open.length === 0 ? '' : `${first + 1}–${first + nodes.length} of ${open.length} not decided`;
    const cards = nodes.map((node) => ({ node, canvas: h('canvas', {}) }));
    grid.replaceChildren(...cards.map(({ node, canvas }) => card(node, canvas)));
    const words = none ? 'No division was found in this movie.' : `No division${among} is left to decide.`;
    if (nodes.length === 0) grid.append(h('p', { class: 'empty' }, words));
    strips.show(cards, Math.round(SIDE * ratio));
    label();
  }

  function card(node: number, canvas: HTMLCanvasElement): HTMLElement {
    const prob = sure(node);
    const when = formatTime(data.nodes.t[node]!, data.info.run.movie.timeStep, app.unit);
    const said = Number.isNaN(prob) ? '' : ` · ${chanceText(prob)} sure`;
    const closed = review.log.standing.peek().kind === 'closed';
    const button = h(
      'button',
      {
        type: 'button',
        class: 'card',
        'aria-pressed': 'false',
        title: `${closed ? '' : 'Click if this is no division; '}double click to look at it`,
        onclick: () => {
          if (closed) return;
          if (!wrong.delete(node)) wrong.add(node);
          button.setAttribute('aria-pressed', String(wrong.has(node)));
          label();
        },
        ondblclick: () => {
          element.close();
          app.select(node, { go: true });
        },
      },
      canvas,
      h('span', {}, `track ${data.nodes.tracklet[node]} · ${when}${said}`),
    );
    return button;
  }

  function label(): void {
    const right = shown().length - wrong.size;
    accept.textContent =
      wrong.size === 0 ? `Accept ${right} (Enter)` : `Accept ${right}, reject ${wrong.size} (Enter)`;
    accept.disabled = shown().length === 0 || review.log.standing.peek().kind === 'closed';
  }

  function turn(step: -1 | 1): void {
    const pages = Math.ceil(open.length / PER_PAGE);
    if (page + step < 0 || page + step >= pages) return;
    page += step;
    draw();
  }

  /** Records the page as one step of undo. */
  async function decide(): Promise<void> {
    const nodes = shown();
    if (nodes.length === 0) return;
    const commands = nodes.flatMap((node): readonly Command[] => {
      const targets = successors(data, node);
      if (!wrong.has(node)) {
        return approve(data, event(node), eventName(data, event(node)), { source: node, targets, prob: 1 })
          .commands;
      }
      const { size } = data.nodes;
      const keep = size[targets[1]!]! > size[targets[0]!]! ? targets[1]! : targets[0]!;
      return choose(data, event(node), { source: node, targets: [keep], prob: 0 }).commands;
    });
    const text = `${nodes.length - wrong.size} divisions right, ${wrong.size} wrong`;
    if (!(await review.log.run({ do: 'many', commands: [...commands], label: text }, text))) return;
    collect();
    draw();
  }

  // A card that was clicked gives the focus away, so the page listens.
  document.addEventListener('keydown', (press) => {
    if (!element.open) return;
    const onButton = press.target instanceof Element && press.target.closest('header button') !== null;
    if (press.key === 'Enter' && onButton) return;
    if (press.key === 'Enter') void decide();
    else if (press.key === 'PageDown') turn(1);
    else if (press.key === 'PageUp') turn(-1);
    else if (press.key.toLowerCase() === 'z' && (press.ctrlKey || press.metaKey)) {
      void review.log.step(press.shiftKey ? 'redo' : 'undo').then(() => {
        collect();
        draw();
      });
    } else return;
    press.preventDefault();
  });
  element.addEventListener('close', () => strips.show([], 1));
  return {
    element,
    open() {
      page = 0;
      collect();
      element.showModal();
      draw();
    },
    settled: strips.done,
  };
}

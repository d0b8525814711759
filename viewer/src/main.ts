import { effect, untracked } from '@preact/signals-core';
import type { App } from './app.ts';
import { createApp } from './createApp.ts';
import { fetchContrast, fetchInfo, fetchTable } from './data/api.ts';
import { noCertainty, toCertainty } from './data/certainty.ts';
import { buildDataset } from './data/dataset.ts';
import { firstLook } from './data/navigate.ts';
import { h } from './dom.ts';
import { createDropZone } from './drop/dropZone.ts';
import { reloadTables } from './edits/apply.ts';
import { openLog } from './edits/log.ts';
import { openSession } from './edits/openSession.ts';
import { createProposals } from './edits/proposal.ts';
import { saveTables } from './edits/save.ts';
import { createTool } from './edits/tool.ts';
import { CHANNEL_COLOURS } from './image/palette.ts';
import { createCommands } from './keys/commands.ts';
import { listenToKeys } from './keys/dispatcher.ts';
import { createHelp } from './keys/help.ts';
import { keyOf } from './keys/hints.ts';
import { createPalette } from './keys/palette.ts';
import { createKeySettings } from './keys/settings.ts';
import { isKnown } from './review/probability.ts';
import { createReview, type Review } from './review/review.ts';
import { decodeLink } from './state/link.ts';
import { createPlayer } from './state/player.ts';
import { type DialogName, stripFrames } from './state/state.ts';
import { applyLink, keepInAddress } from './state/sync.ts';
import { keepWindow } from './state/window.ts';
import { installHook } from './testHook.ts';
import { createBanner } from './views/banner.ts';
import { createContextMenu } from './views/contextMenu.ts';
import { createEditMenu, createPrompt } from './views/editMenu.ts';
import { createFilterBar } from './views/filterBar.ts';
import { createHintStrip } from './views/hintStrip.ts';
import { createInspector } from './views/inspector/inspector.ts';
import { createLive } from './views/live.ts';
import { createMarks } from './views/marksDialog.ts';
import { createMovie } from './views/movie/movie.ts';
import { createProposalPanel } from './views/proposal.ts';
import { createScrubber } from './views/scrubber.ts';
import { createSheet } from './views/sheet/sheet.ts';
import { createSide } from './views/side/side.ts';
import { createSplitters } from './views/splitters.ts';
import { createToast, createTopbar } from './views/topbar.ts';
import { createTracePanel } from './views/tracePanel.ts';
import { createTree } from './views/tree/tree.ts';

/** Opens the page: description and nodes first, then the first picture, then everything else. */
async function open(): Promise<void> {
  const root = document.getElementById('app')!;
  // Also a page that cannot open has the colours that its reader chose.
  if (localStorage.getItem('morula-theme') === 'light') document.documentElement.dataset.theme = 'light';
  try {
    const [info, nodes] = await Promise.all([fetchInfo(), fetchTable('nodes')]);
    document.title = `${info.run.movie.name} · morula`;
    const app = createApp(buildDataset(info, nodes.columns));
    if (location.hash.length <= 1 && app.data.nodes.count <= SMALL) await loadEarly(app);
    startState(app);
    build(app, nodes.seq, root);
  } catch (error) {
    const safe = 'Nothing was changed; reload the page to try again.';
    const text = `The lineage cannot be shown: ${reasonOf(error)}. ${safe}`;
    root.replaceChildren(h('p', { class: 'boot', role: 'alert' }, text));
  }
}

/** Lifts the dim nuclei without blinding by the bright ones. */
const DEFAULT_GAMMA = 0.85;

/** Up to so many detections the page waits for how sure the linker was, and opens at a doubtful place, nodes. */
const SMALL = 50_000;

/** Channels, theme, and where to look first: what the link says, else a division in the middle. */
function startState(app: App): void {
  const { channels } = app.data.info.run.movie;
  app.state.channels.value = channels.map(({ color }, k) => ({
    on: k < 4,
    low: Number.NaN,
    high: Number.NaN,
    gamma: DEFAULT_GAMMA,
    colour:
      channels.length === 1
        ? 0xffffff
        : color === null
          ? CHANNEL_COLOURS[k % CHANNEL_COLOURS.length]!
          : Number.parseInt(color, 16),
    auto: true,
  }));
  app.state.light.value = localStorage.getItem('morula-theme') === 'light';
  app.state.stripFrames.value = stripFrames(Number(localStorage.getItem('morula-strip')));
  if (location.hash.length > 1) return;
  const node = firstLook(app.data);
  if (node >= 0) app.select(node, { go: true, quiet: true });
}

/** Looks at the division that most needs it, where the linker has said how sure it was of any. */
function lookAtDoubt(app: App, review: Review): void {
  const certainty = app.certainty.peek();
  if (certainty === null || !isKnown(certainty)) return;
  const worst = review.open.peek().find(({ kind }) => kind === 'division');
  if (worst !== undefined) app.select(worst.node, { go: true, quiet: true });
}

function build(app: App, seq: number, root: HTMLElement): void {
  const { state } = app;
  effect(() => {
    document.documentElement.dataset.theme = state.light.value ? 'light' : 'dark';
    localStorage.setItem('morula-theme', state.light.value ? 'light' : 'dark');
  });
  const toast = createToast();
  const keys = createKeySettings(localStorage);
  keyOf.value = (command) => keys.keys(command)[0];
  const help = createHelp(keys);
  const lost = location.hash.length > 1 ? applyLink(app, decodeLink(location.hash)) : '';
  const log = openLog(app, seq, toast.say);
  const review = createReview(app, log, toast.say);
  if (location.hash.length <= 1) lookAtDoubt(app, review);
  const address = keepInAddress(app, toast.say);
  const copyLink = (): void => {
    navigator.clipboard.writeText(address()).then(
      () => toast.say('Link copied'),
      () => toast.say('The browser does not allow copying; the link is in the address bar'),
    );
  };
  /** Shows a view of another time; the tab stays. */
  const look = (view: string): void => {
    const lost = view === '' ? '' : applyLink(app, { ...decodeLink(view), tab: state.tab.peek() });
    if (lost !== '') toast.say(lost);
  };
  const proposals = createProposals(app, log, toast.say);
  const tool = createTool(app, log, toast.say);
  const marks = createMarks(app, log, toast.say);
  const open = (name: DialogName) => (): void => {
    state.dialog.value = name;
  };
  const movie = createMovie(app, review, proposals, toast.say);
  const inspector = createInspector(app, review, copyLink, open('sheet'));
  const tree = createTree(app, review, toast.say);
  const sheet = createSheet(app, review);
  const filter = createFilterBar(app, movie.visible, toast.say);
  const upper = h('div', { class: 'upper' });
  const grid = h('main', { class: 'grid' });
  const split = createSplitters(grid, state.panes);
  upper.append(
    movie.element,
    split.vertical,
    h('div', { class: 'right' }, inspector.element, createSide(app, review, look, toast.say)),
  );
  grid.append(
    upper,
    split.horizontal,
    h('div', { class: 'lower' }, createScrubber(app), tree.element, createTracePanel(app)),
  );
  root.replaceChildren(
    createTopbar(
      app,
      review,
      createEditMenu(log, tool, proposals, keys, marks.open),
      filter.element,
      copyLink,
      open('keys'),
    ),
    createHintStrip(app, review, localStorage),
    createPrompt(tool),
    createProposalPanel(app, proposals),
    createBanner(log),
    grid,
    createLive(app),
    toast.element,
    help.element,
    sheet.element,
    marks.element,
    createDropZone((file) => openSession(app, log, look, toast.say, file), toast.say),
  );
  if (lost !== '') toast.say(lost);
  createPlayer(app, () => movie.settled());
  const openHistory = (): void => {
    state.tab.value = 'history';
  };
  const more = {
    marks: marks.open,
    save: () => void saveTables(toast.say),
    filter: filter.focus,
    'copy-link': copyLink,
    history: openHistory,
    bookmark: () => {
      openHistory();
      document.querySelector<HTMLInputElement>('.bookmark-name')?.focus();
    },
  };
  const palette = createPalette(keys, (command) => commands[command]());
  const commands = createCommands(app, review, tool, proposals, open('keys'), open('sheet'), {
    ...more,
    palette: palette.open,
  });
  root.append(palette.element);
  grid.append(createContextMenu(app, keys, commands));
  listenToKeys(app, keys, commands, (command) => {
    if (command.startsWith('edit-')) tool.letGo();
  });
  keepDialog(app, { keys: help, sheet });
  const rest = loadRest(app, movie.settled, toast.say);
  installHook(app, review, { movie, tree, inspector, sheet, rest });
}

/** Keeps the dialogs that links can open and the store alike. */
function keepDialog(
  { state }: App,
  dialogs: Record<DialogName, { element: HTMLDialogElement; open(): void }>,
): void {
  for (const [name, { element }] of Object.entries(dialogs)) {
    element.addEventListener('close', () => {
      if (state.dialog.peek() === name) state.dialog.value = '';
    });
  }
  effect(() => {
    for (const [name, { element, open }] of Object.entries(dialogs)) {
      if (state.dialog.value === name && !element.open) {
        untracked(open);
        // There may be nothing to show.
        if (!element.open) state.dialog.value = '';
      }
      if (state.dialog.value !== name && element.open) element.close();
    }
  });
}

/** What the first picture does not need: how sure the linker was, and the contrast over the whole movie. */
async function loadRest(app: App, settled: () => boolean, say: (text: string) => void): Promise<void> {
  while (!settled()) await new Promise((done) => setTimeout(done, 20));
  await loadCertainty(app, say);
  if (!app.frames.hasImage) return;
  const { channels } = app.state;
  for (let k = 0; k < channels.peek().length; k++) {
    try {
      keepWindow(app, k, await fetchContrast(k));
    } catch {
      // The window of the first frame stays.
    }
  }
}

/** As `loadCertainty`, before anything is shown; what fails is tried again, and said, when the page is there. */
async function loadEarly(app: App): Promise<void> {
  try {
    const { columns } = await fetchTable('certainty');
    if (columns.linked?.length === app.data.nodes.count) app.certainty.value = toCertainty(columns);
  } catch {
    // Said later.
  }
}

async function loadCertainty(app: App, say: (text: string) => void): Promise<void> {
  if (app.certainty.peek() !== null) return;
  try {
    const { columns } = await fetchTable('certainty');
    // After an edit of detections rows are others than those of the nodes that are here.
    if (columns.linked?.length !== app.data.nodes.count) await reloadTables(app);
    else if (app.certainty.peek() === null) app.certainty.value = toCertainty(columns);
  } catch (error) {
    app.certainty.value = noCertainty(app.data.nodes.parent);
    say(`How sure the linker was is not known: ${reasonOf(error)}. The lineage and all edits are safe`);
  }
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

void open();

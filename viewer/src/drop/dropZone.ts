import { h, iconButton } from '../dom.ts';
import { type Answer, answerTo, type Dropped, maybeSession } from './dropped.ts';

/** Entries of a folder that are looked at. */
const MOST = 500;

/**
 * Takes what is dropped anywhere on the page: a session is opened; of anything else a dialog says what it is and what to
 * type, since pages are not told where files lie. Without this the browser would leave the page for the file.
 */
export function createDropZone(
  openSession: (file: File) => Promise<void>,
  say: (text: string) => void,
): HTMLElement {
  const veil = h(
    'div',
    { class: 'drop-veil', hidden: true },
    h('p', {}, 'Drop a session to open it, or a movie, a result or tracks to be told how'),
  );
  const { element, show } = createAnswer(say);
  const isFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') === true;
  for (const kind of ['dragenter', 'dragover'] as const) {
    document.addEventListener(kind, (event) => {
      if (!isFiles(event)) return;
      event.preventDefault();
      veil.hidden = false;
    });
  }
  document.addEventListener('dragleave', (event) => {
    if (event.relatedTarget === null) veil.hidden = true;
  });
  document.addEventListener('drop', (event) => {
    if (!isFiles(event)) return;
    event.preventDefault();
    veil.hidden = true;
    const [file] = event.dataTransfer!.files;
    const entry =
      [...event.dataTransfer!.items].find(({ kind }) => kind === 'file')?.webkitGetAsEntry() ?? null;
    if (file === undefined) return;
    void look(file, entry).then((dropped) => {
      if (maybeSession(dropped)) void openSession(file);
      else show(answerTo(dropped));
    });
  });
  return h('div', {}, veil, element);
}

async function look(file: File, entry: FileSystemEntry | null): Promise<Dropped> {
  if (!entry?.isDirectory) return { name: file.name, inside: null };
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const inside: string[] = [];
  // A folder tells its entries in parts.
  for (let part = [entry]; part.length > 0 && inside.length < MOST; ) {
    part = await new Promise<FileSystemEntry[]>((done) => reader.readEntries(done, () => done([])));
    inside.push(...part.map(({ name }) => name));
  }
  return { name: entry.name, inside };
}

function createAnswer(say: (text: string) => void): {
  element: HTMLDialogElement;
  show(answer: Answer): void;
} {
  const what = h('p', {});
  const command = h('code', {});
  const copy = h('button', { type: 'button', class: 'choice' }, 'Copy');
  copy.addEventListener('click', () => {
    navigator.clipboard.writeText(command.textContent ?? '').then(
      () => say('Copied; put the folder in'),
      () => say('The browser does not allow copying'),
    );
  });
  const how = h(
    'div',
    {},
    h('p', {}, 'Browsers do not tell a page where a file lies. Type in a terminal, with its folder put in:'),
    h('p', { class: 'drop-command' }, command, copy),
  );
  const element = h(
    'dialog',
    { class: 'dropped', 'aria-label': 'What was dropped' },
    h(
      'header',
      { class: 'tools' },
      h('h2', {}, 'Not opened'),
      h('span', { class: 'spring' }),
      iconButton('close', 'Close (Esc)', () => element.close()),
    ),
    what,
    how,
    h('p', { class: 'muted' }, 'Nothing was changed here.'),
  );
  return {
    element,
    show(answer) {
      what.textContent = answer.what;
      command.textContent = answer.command;
      how.hidden = answer.command === '';
      if (!element.open) element.showModal();
    },
  };
}

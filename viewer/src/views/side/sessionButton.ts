import type { App } from '../../app.ts';
import { h, iconButton } from '../../dom.ts';
import type { EditLog } from '../../edits/log.ts';
import { readSession } from '../../edits/readSession.ts';

const count = (n: number, what: string): string => `${n} ${n === 1 ? 'edit' : 'edits'} ${what}`;

/** Opens a session file: makes the edits that stand in it, one after another, and goes to its view. */
export function createSessionButton(
  app: App,
  log: EditLog,
  look: (view: string) => void,
  say: (text: string) => void,
): HTMLElement {
  async function open(file: File): Promise<void> {
    const session = readSession(await file.text(), app.data.info, log.entries.peek());
    if (typeof session === 'string') {
      say(`${file.name} was not opened: ${session}. Nothing was changed`);
      return;
    }
    let done = 0;
    for (const { command, label } of session.edits) if (await log.run(command, label)) done++;
    const refused = session.edits.length - done;
    if (session.view !== '') look(session.view);
    const news = refused > 0 ? [count(done, 'made'), count(refused, 'refused')] : [count(done, 'made')];
    say(
      session.edits.length === 0
        ? 'All edits of this session are here'
        : `Session opened: ${news.join(', ')}`,
    );
  }
  const input = h('input', { type: 'file', accept: '.json,application/json', hidden: true });
  input.addEventListener('change', () => {
    const [file] = input.files ?? [];
    input.value = '';
    if (file !== undefined) void open(file);
  });
  return h(
    'span',
    {},
    iconButton('upload', 'Open a session', () => input.click()),
    input,
  );
}

import type { App } from '../app.ts';
import type { EditLog } from './log.ts';
import { readSession } from './readSession.ts';

const count = (n: number, what: string): string => `${n} ${n === 1 ? 'edit' : 'edits'} ${what}`;

/** Opens a session file: makes the edits that stand in it, one after another, and goes to its view. */
export async function openSession(
  app: App,
  log: EditLog,
  look: (view: string) => void,
  say: (text: string) => void,
  file: File,
): Promise<void> {
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
    session.edits.length === 0 ? 'All edits of this session are here' : `Session opened: ${news.join(', ')}`,
  );
}

import type { App } from '../../app.ts';
import { h, iconButton } from '../../dom.ts';
import type { EditLog } from '../../edits/log.ts';
import { openSession } from '../../edits/openSession.ts';

/** The button that opens a session file. */
export function createSessionButton(
  app: App,
  log: EditLog,
  look: (view: string) => void,
  say: (text: string) => void,
): HTMLElement {
  const input = h('input', { type: 'file', accept: '.json,application/json', hidden: true });
  input.addEventListener('change', () => {
    const [file] = input.files ?? [];
    input.value = '';
    if (file !== undefined) void openSession(app, log, look, say, file);
  });
  return h(
    'span',
    {},
    iconButton('upload', 'Open a session', () => input.click()),
    input,
  );
}

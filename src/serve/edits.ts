import type { IncomingMessage } from 'node:http';
import { MorulaError } from '../errors/index.ts';
import {
  type EditRequest,
  type History,
  parseCommand,
  parseRef,
  parseText,
  SLOT_LISTS,
} from '../lineage/index.ts';
import type { EditAnswer, EditSession } from '../pipeline/index.ts';
import { MAX_BODY, readJson } from './body.ts';
import { failure, json, type Reply } from './reply.ts';

/** What can be undone and redone next. */
interface Steps {
  undo: { seq: number; label: string } | null;
  redo: { seq: number; label: string } | null;
}

export function stepsOf({ entries, undoable, redoable }: History): Steps {
  const step = (seq: number | undefined): Steps['undo'] =>
    seq === undefined ? null : { seq, label: entries[seq - 1].label };
  return { undo: step(undoable.at(-1)), redo: step(redoable.at(-1)) };
}

/** `GET /api/edits?since=`: the log after an entry, and what can be undone. */
export async function listEdits(session: EditSession, since: number): Promise<Reply> {
  const { history } = await session.current();
  const entries = history.entries.slice(since);
  return json({ seq: history.entries.length, ...stepsOf(history), entries, notes: session.notes() });
}

/** `GET /api/edits/state`: everything that edits have set, links excepted: those are in the tables. */
export async function listMarks(session: EditSession): Promise<Reply> {
  const { history } = await session.current();
  const marks: Record<string, Record<string, unknown>> = {};
  for (const field of Object.values(SLOT_LISTS)) marks[field] = Object.create(null);
  for (const [slot, value] of history.state.slots) {
    const at = slot.indexOf(':');
    const kind = slot.slice(0, at);
    if (kind in SLOT_LISTS) marks[SLOT_LISTS[kind as keyof typeof SLOT_LISTS]][slot.slice(at + 1)] = value;
  }
  return json({ seq: history.entries.length, ...marks });
}

/** `POST /api/edits`, `/api/undo` and `/api/redo`. */
export async function postEdit(
  session: EditSession,
  action: 'edits' | 'undo' | 'redo',
  request: IncomingMessage,
): Promise<Reply> {
  const body = await readJson(request);
  if (body === null) return failure(413, `an edit must be at most ${MAX_BODY} bytes`);
  const envelope = readEnvelope(body);
  const answer =
    action === 'edits'
      ? await session.edit(envelope, parseCommand(body.command))
      : await session.reverse(envelope, action, optionalSeq(body.seq, 'seq'));
  return reply(session, answer);
}

/**
 * `POST /api/resolve` `{ near }` or `{ all: true }`: what the linker would change around a detection, or everywhere, edits
 * being its constraints.
 */
export async function postResolve(session: EditSession, request: IncomingMessage): Promise<Reply> {
  const body = await readJson(request);
  if (body === null) return failure(413, `a request must be at most ${MAX_BODY} bytes`);
  if (body.all === true) return json(await session.resolve(null));
  if (typeof body.near !== 'string' || parseRef(body.near) === null) {
    throw new MorulaError('usage', 'edit: near must be a detection: frame.label or frame~place');
  }
  return json(await session.resolve(body.near));
}

function reply({ history }: EditSession, answer: EditAnswer): Reply {
  const status = { seq: history.entries.length, ...stepsOf(history) };
  if (answer.kind === 'stale') return json({ error: answer.why, entries: answer.since, ...status }, 409);
  const { entry, effect, replayed } = answer;
  return json({ ...status, entry, effect, replayed });
}

function readEnvelope(body: Record<string, unknown>): EditRequest {
  const { id, view } = body;
  if (typeof id !== 'string' || !/^[A-Za-z0-9_-]{1,64}$/.test(id)) {
    throw new MorulaError('usage', 'edit: id must be 1 to 64 letters, digits, _ or -');
  }
  const base = optionalSeq(body.base, 'base');
  return {
    id,
    ...(base === undefined ? {} : { base }),
    by: body.by === undefined ? '' : parseText(body.by, 'by', 64),
    at: new Date().toISOString(),
    ...(view === undefined ? {} : { view: parseText(view, 'view', 2048) }),
  };
}

function optionalSeq(value: unknown, name: string): number | undefined {
  if (value === undefined) return undefined;
  if (!Number.isSafeInteger(value) || (value as number) < 0) {
    throw new MorulaError('usage', `edit: ${name} must be the number of an entry`);
  }
  return value as number;
}

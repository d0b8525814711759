import type { Command, EditEffect, EditEntry } from '../../../src/lineage/edits/types.ts';

/** What can be taken back or done again next. */
export interface Step {
  seq: number;
  label: string;
}

/** An edit that the server has recorded. */
export interface Recorded {
  seq: number;
  entry: EditEntry;
  effect: EditEffect;
  undo: Step | null;
  redo: Step | null;
}

/** What is sent: an edit, or taking one back. `id` stays the same when it is sent again. */
export type Post =
  | { to: 'edits'; id: string; base: number; by: string; view: string; command: Command }
  | { to: 'undo' | 'redo'; id: string; base?: number; by: string; seq?: number };

/** What came of it. */
export type Answer =
  | { kind: 'done'; recorded: Recorded }
  /** Another page changed the same place first. */
  | { kind: 'stale'; error: string; labels: string[] }
  /** Nothing was done and doing it again would not help. */
  | { kind: 'refused'; error: string }
  /** This page cannot edit at all. */
  | { kind: 'closed'; error: string }
  /** Nobody knows; the same id can be sent again. */
  | { kind: 'lost'; error: string };

/** A name for an edit that no other has. */
export function newId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (b) => b.toString(16).padStart(2, '0')).join(
    '',
  );
}

/** Sends an edit; never throws. */
export async function post(what: Post): Promise<Answer> {
  const { to, ...body } = what;
  let response: Response;
  let answer: Partial<Recorded> & { error?: string; entries?: EditEntry[] };
  try {
    response = await fetch(`/api/${to}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-morula': '1' },
      body: JSON.stringify(body),
    });
    answer = (await response.json()) as typeof answer;
  } catch {
    return { kind: 'lost', error: 'the server does not answer' };
  }
  if (response.ok) return { kind: 'done', recorded: answer as Recorded };
  const error = answer.error ?? `the server answered ${response.status}`;
  if (response.status === 409) {
    return { kind: 'stale', error, labels: (answer.entries ?? []).map((entry) => entry.label) };
  }
  if ([401, 403, 404, 405, 423].includes(response.status)) return { kind: 'closed', error };
  return response.status >= 500 ? { kind: 'lost', error } : { kind: 'refused', error };
}

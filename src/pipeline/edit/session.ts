import { isMorulaError, MorulaError } from '../../errors/index.ts';
import {
  type Command,
  commit,
  type EditEffect,
  type EditEntry,
  type EditedLineage,
  type EditRequest,
  editedLineage,
  type History,
  type NodeRef,
  type Prepared,
  paintLabels,
  prepareEdit,
  prepareReversal,
  replay,
} from '../../lineage/index.ts';
import type { Movie } from '../../read/index.ts';
import type { LabelImage } from '../../segment/types.ts';
import {
  type EditLogWriter,
  loadBase,
  loadWeak,
  openEditLog,
  openResult,
  type RunFile,
  readEditLog,
  readLabels,
  readLinksMarker,
} from '../../store/index.ts';
import { publishEdits } from '../publish.ts';
import { rebaseEntry } from './relink.ts';
import { type Resolved, resolveNear } from './resolve.ts';
import { resolveAll } from './resolveAll.ts';
import { makeShapes } from './shapes.ts';

/** What an edit came to. */
export type EditAnswer =
  | { kind: 'done'; entry: EditEntry; effect: EditEffect; replayed: boolean }
  /** The client's picture was too old: what happened since. */
  | { kind: 'stale'; why: string; since: EditEntry[] };

/** What those who look on are told. */
export type EditEvent = { kind: 'edit'; entry: EditEntry; effect: EditEffect } | { kind: 'reload' };

/** A result open for looking at and for editing by any number of clients, whose edits go one after the other. */
export interface EditSession {
  /** Edits as they are at this moment. */
  readonly history: History;
  /** As it stands now; a result that was linked anew is read again first. */
  current(): Promise<{ run: RunFile; history: History; edited: EditedLineage }>;
  /** Label image of frame `t` or one of its planes, edits included. */
  labels(t: number, z?: number): Promise<LabelImage>;
  /** @throws `broken-lineage` where the lineage's rules refuse it, `busy`, `storage` */
  edit(request: EditRequest, command: Command): Promise<EditAnswer>;
  reverse(request: EditRequest, kind: 'undo' | 'redo', of?: number): Promise<EditAnswer>;
  /** What re-solving around a detection would change, null = everywhere; see `resolveNear`, `resolveAll`. */
  resolve(ref: NodeRef | null): Promise<{ seq: number } & Resolved>;
  /** What an entry of this session did, or null where it is older. */
  effectOf(seq: number): EditEffect | null;
  /** Lines that the user should see. */
  notes(): string[];
  listen(listener: (event: EditEvent) => void): () => void;
  /** Writes graph and tables with the edits, and gives the last entry that they show. @throws `busy`, `storage` */
  save(): Promise<number>;
  /** Saves what was edited, unless a run is working on the result, and lets go of the log. */
  close(): Promise<void>;
}

/** Opens a result. The log is locked with the first edit, so that looking on is free. */
export async function openEditSession(folder: string, movie: Movie | null): Promise<EditSession> {
  const session = new Session(folder, movie);
  await session.load();
  await session.mend();
  return session;
}

/** Owns the log's lock and the history. */
class Session implements EditSession {
  readonly #folder: string;
  readonly #movie: Movie | null;
  #run!: RunFile;
  #history!: History;
  #edited: EditedLineage | null = null;
  #writer: EditLogWriter | null = null;
  #torn: string | null = null;
  /** The last entry that graph and tables show, as far as this session wrote them. */
  #saved = -1;
  /** What the link stage's marker looked like when it was read. */
  #stamp = '';
  readonly #effects = new Map<number, EditEffect>();
  readonly #listeners = new Set<(event: EditEvent) => void>();
  /** Edits and reloads, one after the other. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(folder: string, movie: Movie | null) {
    this.#folder = folder;
    this.#movie = movie;
  }

  async load(): Promise<void> {
    const stamp = await this.#marker();
    const run = await openResult(this.#folder);
    const log = this.#writer?.log ?? (await readEditLog(this.#folder, run.segmentKey));
    this.#history = replay(await loadBase(this.#folder, run), run.hasLabels, log.entries);
    this.#torn ??= log.torn;
    this.#run = run;
    this.#stamp = stamp;
    this.#edited = null;
    this.#effects.clear();
  }

  /** Cuts a torn last line off the log, unless another process edits: then that has done so. */
  async mend(): Promise<void> {
    if (this.#torn === null) return;
    await this.#openWriter().catch((error: unknown) => {
      if (!isMorulaError(error) || error.tag !== 'busy') throw error;
    });
  }

  /** Changes with every new linking; '' while one is under way. */
  async #marker(): Promise<string> {
    const marker = await readLinksMarker(this.#folder);
    return marker === null ? '' : `${marker.key} ${marker.sha256}`;
  }

  /** Reads everything again where it was linked anew, and says so. */
  async #refresh(): Promise<void> {
    const stamp = await this.#marker();
    if (stamp === '' || stamp === this.#stamp) return;
    await this.load();
    this.#tell({ kind: 'reload' });
  }

  get history(): History {
    return this.#history;
  }

  #tell(event: EditEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  #next<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  current(): Promise<{ run: RunFile; history: History; edited: EditedLineage }> {
    return this.#next(async () => {
      await this.#refresh();
      this.#edited ??= editedLineage(this.#history.state);
      return { run: this.#run, history: this.#history, edited: this.#edited };
    });
  }

  async labels(t: number, z?: number): Promise<LabelImage> {
    if (!this.#run.hasLabels) throw new MorulaError('not-found', 'view: this result has no label images');
    return paintLabels(this.#history.state, t, await readLabels(this.#folder, t, z ?? null), z);
  }

  edit(request: EditRequest, command: Command): Promise<EditAnswer> {
    return this.#next(() =>
      this.#answer(request, async () => {
        const specs = await makeShapes(
          {
            run: this.#run,
            state: this.#history.state,
            movie: this.#movie,
            labels: (t) => this.labels(t),
            weak: (t) => loadWeak(this.#folder, this.#run, t),
          },
          command,
        );
        return prepareEdit(this.#history, request, command, specs);
      }),
    );
  }

  reverse(request: EditRequest, kind: 'undo' | 'redo', of?: number): Promise<EditAnswer> {
    return this.#next(() =>
      this.#answer(request, async () => prepareReversal(this.#history, request, kind, of)),
    );
  }

  async resolve(ref: NodeRef | null): Promise<{ seq: number } & Resolved> {
    const { run, history, edited } = await this.current();
    // The state goes on changing while the linker thinks; all that it is asked is taken from it before that.
    const seq = history.entries.length;
    const { state } = history;
    const found =
      ref === null ? resolveAll(state, edited, run.link) : resolveNear(state, edited, run.link, ref);
    return { seq, ...(await found) };
  }

  async #answer(request: EditRequest, prepare: () => Promise<Prepared>): Promise<EditAnswer> {
    await this.#refresh();
    const writer = await this.#openWriter();
    const before = this.#history.byId.get(request.id);
    if (before !== undefined) {
      const effect = this.effectOf(before.seq) ?? NOTHING;
      return { kind: 'done', entry: before, effect, replayed: true };
    }
    const prepared = await prepare();
    if ('stale' in prepared) {
      const since = this.#history.entries.slice(request.base ?? this.#history.entries.length);
      return { kind: 'stale', why: prepared.stale, since };
    }
    const { entry } = prepared;
    await writer.append(entry);
    const effect = commit(this.#history, entry);
    this.#effects.set(entry.seq, effect);
    this.#edited = null;
    this.#tell({ kind: 'edit', entry, effect });
    return { kind: 'done', entry, effect, replayed: false };
  }

  /** Takes the log with the first edit; what another process added in the meantime is read first. */
  async #openWriter(): Promise<EditLogWriter> {
    if (this.#writer !== null) return this.#writer;
    const writer = await openEditLog(this.#folder, this.#run.segmentKey);
    try {
      const known = this.#history.entries.length;
      const settled = this.#history.settled.length;
      this.#writer = writer;
      this.#torn ??= writer.log.torn;
      if (writer.log.entries.length !== known || settled > 0) {
        await this.load();
        await this.#recordSettled(writer);
      }
      if (writer.log.entries.length !== known) this.#tell({ kind: 'reload' });
      return writer;
    } catch (error) {
      this.#writer = null;
      await writer.close();
      throw error;
    }
  }

  /** What gave way to a new linking becomes a line of the log, so that it is the same for ever. */
  async #recordSettled(writer: EditLogWriter): Promise<void> {
    const { settled, entries } = this.#history;
    if (settled.length === 0) return;
    await writer.append(rebaseEntry(entries.length + 1, settled));
    await this.load();
  }

  effectOf(seq: number): EditEffect | null {
    return this.#effects.get(seq) ?? null;
  }

  notes(): string[] {
    const given = this.#history.settled.length;
    return [
      ...(this.#torn === null ? [] : [this.#torn]),
      ...(given === 0 ? [] : [`edit: ${given} links of a new linking gave way to edits`]),
    ];
  }

  listen(listener: (event: EditEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  save(): Promise<number> {
    return this.#next(async () => {
      this.#saved = await publishEdits(this.#folder);
      return this.#saved;
    });
  }

  async close(): Promise<void> {
    const edited = this.#writer !== null && this.#saved !== this.#history.entries.length;
    if (edited) {
      await this.save().catch((error: unknown) => {
        // The edits are safe in the log; the next link or save writes the tables.
        if (!isMorulaError(error)) throw error;
      });
    }
    await this.#turn;
    await this.#writer?.close();
    this.#writer = null;
  }
}

const NOTHING: EditEffect = { linksAdded: [], linksRemoved: [], nodesSet: [], nodesRemoved: [] };

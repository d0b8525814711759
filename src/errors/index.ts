export { quoted } from './quoted.ts';

/**
 * Every failure that a user can meet is a `MorulaError`: one line that names the place, what must hold, what was
 * found and the remedy. `tag` names the kind for code, `exit` the process's exit code (sysexits, see README).
 */
export type ErrorTag =
  | 'usage'
  | 'not-found'
  | 'invalid-metadata'
  | 'invalid-option'
  | 'invalid-data'
  | 'shape-mismatch'
  | 'unsupported'
  | 'unreachable'
  | 'storage'
  | 'busy'
  | 'other-settings'
  | 'task-failed'
  | 'broken-lineage'
  | 'interrupted';

const EXIT: Record<ErrorTag, number> = {
  usage: 64,
  'not-found': 65,
  'invalid-metadata': 65,
  'invalid-option': 64,
  'invalid-data': 65,
  'shape-mismatch': 65,
  unsupported: 65,
  unreachable: 69,
  storage: 74,
  busy: 75,
  'other-settings': 78,
  'task-failed': 70,
  'broken-lineage': 65,
  interrupted: 130,
};

/** Exit code of a defect of morula itself: anything thrown that is not a `MorulaError`. */
export const EXIT_DEFECT = 70;

/** A failure with a kind, one line of text, and an exit code. */
export class MorulaError extends Error {
  override readonly name = 'MorulaError';
  readonly tag: ErrorTag;
  readonly exit: number;

  /**
   * @param tag kind of failure
   * @param message `place: what must hold, what was found; remedy`, lower case, no full stop
   */
  constructor(tag: ErrorTag, message: string, options?: { cause?: unknown; exit?: number }) {
    super(shortened(inOneLine(message)), { cause: options?.cause });
    this.tag = tag;
    this.exit = options?.exit ?? EXIT[tag];
  }
}

/** Most characters of a message that are shown of its beginning, and of its end with the remedy. */
const SHOWN = [600, 200] as const;

/** What a stranger's file says in a message may hold line ends, and what a terminal takes for commands. */
function inOneLine(message: string): string {
  return message.replace(/\s*[\r\n]\s*/g, ' ').replace(/[\p{Cc}\p{Bidi_Control}]/gu, '\ufffd');
}

/** It may be long, too. */
function shortened(message: string): string {
  const [head, tail] = SHOWN;
  if (message.length <= head + tail) return message;
  return `${message.slice(0, head)} ... ${message.slice(-tail)}`;
}

/** True for errors of ours, also across a thread border, where the class is lost but the fields are kept. */
export function isMorulaError(error: unknown): error is MorulaError {
  return (
    error instanceof Error &&
    'tag' in error &&
    typeof error.tag === 'string' &&
    Object.hasOwn(EXIT, error.tag)
  );
}

/** A plain form that survives `postMessage` (which keeps only `message` and `stack` of an error). */
export interface PlainError {
  tag: ErrorTag;
  message: string;
  exit: number;
}

/** The plain form of an error of ours, or null for any other. */
export function toPlainError(error: unknown): PlainError | null {
  return isMorulaError(error) ? { tag: error.tag, message: error.message, exit: error.exit } : null;
}

/** The error of a plain form. */
export function fromPlainError(plain: PlainError): MorulaError {
  return new MorulaError(plain.tag, plain.message, { exit: plain.exit });
}

/** Why the machine's storage refused, in words. */
const STORAGE_CODES: Record<string, string> = {
  ENOSPC: 'the disk is full; free some space and run again',
  EDQUOT: 'your disk quota is used up; free some space and run again',
  EIO: 'the disk reported a read or write error (EIO)',
  EROFS: 'the disk is read-only; choose another place',
  EACCES: 'permission denied; choose another place',
  EPERM: 'permission denied; choose another place',
  EMFILE: 'too many files are open; run again with fewer --workers',
  ENFILE: 'too many files are open; run again with fewer --workers',
  EFBIG: 'the file would be larger than the disk allows',
};

/** Paths on which nothing can ever be written. */
const PATH_CODES: Record<string, string> = {
  ENOTDIR: 'a file stands where a folder is needed; choose another place',
  EEXIST: 'a file stands where a folder is needed; choose another place',
  EISDIR: 'a folder stands where the file should go; choose another place',
  ENOENT: 'part of this path is not there (a broken link?); choose another place',
  ELOOP: 'the path is a circle of links; choose another place',
  ENAMETOOLONG: 'the name is too long; choose another place',
};

/**
 * The error for a failed write to `path`: `storage` (exit 74) when the machine's storage failed, `usage` (exit 64)
 * when the path can hold no such thing, or the error itself if it is of ours or unknown.
 *
 * @param bytes how much was to be written, where that is known
 */
export function asStorageError(place: string, path: string, error: unknown, bytes?: number): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const size = bytes === undefined ? '' : ` (${bytes} bytes)`;
  const say = (why: string): string => `${place}: ${path}${size} cannot be written: ${why}`;
  if (code in STORAGE_CODES) return new MorulaError('storage', say(STORAGE_CODES[code]!), { cause: error });
  if (code in PATH_CODES) return new MorulaError('usage', say(PATH_CODES[code]!), { cause: error });
  return error;
}

import { MorulaError } from '../errors/index.ts';

/** First words of what git-LFS leaves in place of a file that was not fetched (its specification, version 1). */
const POINTER = 'version https://git-lfs';

/** Whether a file is a git-LFS pointer, by its first bytes (23 are enough). */
export function isLfsPointer(head: Uint8Array): boolean {
  return new TextDecoder('latin1').decode(head.subarray(0, POINTER.length)) === POINTER;
}

/** @throws `invalid-data` when the file at `path` is a git-LFS pointer, by its first bytes */
export function refuseLfsPointer(head: Uint8Array, path: string): void {
  if (isLfsPointer(head))
    throw new MorulaError(
      'invalid-data',
      `model: ${path} must be the file itself, but it is a git-LFS pointer; run "git lfs pull"`,
    );
}

import { open } from 'node:fs/promises';
import { kindOf } from '../input.ts';

/** Bytes in which the outermost element must begin. */
const HEAD = 1 << 16;

/** True for an XML file of TrackMate or MaMuT, whatever its name; also for the one that holds tracks only. */
export async function looksLikeTrackMate(path: string): Promise<boolean> {
  if ((await kindOf(path)) !== 'file') return false;
  const file = await open(path).catch(() => null);
  if (file === null) return false;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD), 0, HEAD, 0);
    const head = buffer.toString('latin1', 0, bytesRead);
    return /^(\xef\xbb\xbf)?\s*</.test(head) && /<(!DOCTYPE\s+)?(TrackMate|MaMuT|Tracks)[\s>/]/.test(head);
  } finally {
    await file.close();
  }
}

import { open } from 'node:fs/promises';
import { isRemoteLocation, openStore, readGroup } from '../codec/zarr/index.ts';
import { quoted } from '../errors/index.ts';
import { firstLine } from './csv.ts';
import { kindOf, namesIn } from './input.ts';
import { headerOf, shown } from './numberTable.ts';

/** Bytes of a file that are looked at. */
const HEAD = 4096;

/** What lies at a path that is in no format that is known, and what to do about it; starts with a comma, or is empty. */
export async function whatElse(path: string): Promise<string> {
  if (isRemoteLocation(path)) return '';
  if ((await kindOf(path)) === 'folder') return folderWords(path);
  const head = await headOf(path);
  if (head.length === 0) return ', the file is empty';
  if ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff))
    return ', found text in UTF-16; save it as UTF-8';
  if (head.includes(0)) return ', found no text';
  const text = head.toString('utf8').trimStart();
  const element = /^(?:<\?[^>]*>\s*)?<([\w:]+)/.exec(text);
  if (element) return `, its first element is <${element[1]}>`;
  if (/^\(.*;/s.test(text)) return ', found Newick trees: they hold no positions, so they are written only';
  if ((await headerOf(path)) === null) return '';
  return `, row 1 is ${shown(await firstLine(path))}; columns are separated by comma, semicolon or tab`;
}

async function folderWords(path: string): Promise<string> {
  const group = await openStore(path)
    .then((store) => readGroup(store, ''))
    .catch(() => null);
  if (group && ('multiscales' in group.attributes || 'ome' in group.attributes))
    return `, found an OME-Zarr image; morula track ${quoted(path)} finds its cells`;
  const names = await namesIn(path);
  return names.length === 0 ? ', the folder is empty' : `, found a folder of ${names.slice(0, 3).join(', ')}`;
}

async function headOf(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD), 0, HEAD, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

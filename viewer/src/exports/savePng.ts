import type { Info } from '../data/types.ts';
import { textsOf } from './about.ts';
import { withText } from './pngText.ts';
import { saveFile } from './save.ts';

/** Gives a picture to the person, with what it is of in the file. */
export async function savePng(name: string, picture: Blob, info: Info): Promise<void> {
  const png = withText(new Uint8Array(await picture.arrayBuffer()), textsOf(info, location.hash));
  saveFile(name, new Blob([png as Uint8Array<ArrayBuffer>], { type: 'image/png' }));
}

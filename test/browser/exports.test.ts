import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeLabelled } from '../helpers/labelled.ts';
import { inChromium } from './page.ts';
import { type Editor, startEditor, type Tab } from './session.ts';

const { chromium, skip, title } = inChromium('saving files');

const FRAMES = [0, 1, 2, 3].map((t) => [
  { y: 16 + t, x: 16, radius: 6, label: 1 },
  { y: 44, x: 40 - t, radius: 7, label: 2 },
]);

describe.skipIf(skip)(title, { timeout: 240_000 }, () => {
  let editor: Editor;
  let tab: Tab;

  async function save(menu: string, item: RegExp): Promise<Buffer> {
    const waiting = tab.page.waitForEvent('download');
    await tab.page.getByRole('button', { name: menu, exact: true }).click();
    await tab.page.getByRole('menuitem', { name: item }).click();
    return readFileSync((await (await waiting).path())!);
  }
  /** Width and height of a PNG, and whether it says which program made it. */
  const png = (bytes: Buffer): [number, number, boolean] => {
    expect(bytes.subarray(1, 4).toString()).toBe('PNG');
    return [bytes.readUInt32BE(16), bytes.readUInt32BE(20), bytes.includes('Software\0\0\0\0\0morula')];
  };

  beforeAll(async () => {
    editor = await startEditor(chromium, (result) =>
      makeLabelled(
        result,
        64,
        FRAMES,
        [0, 1, 2, 3, 4, 5].map((row) => [row, row + 2]),
      ),
    );
    tab = editor.tab;
    tab.context.setDefaultTimeout(60_000);
  }, 240_000);

  afterAll(() => editor?.end());

  it('saves the frame shown as it is, with time and scale bar, and says in the file what it is of', async () => {
    const [width, height, says] = png(await save('Save the movie', /^This frame/));
    const box = (await tab.page.locator('.movie-canvas').boundingBox())!;
    expect([Math.abs(width - box.width) <= 2, Math.abs(height - box.height) <= 2, says]).toEqual([
      true,
      true,
      true,
    ]);
  });

  it('saves all frames as pictures, and comes back to where it was', async () => {
    await tab.press('Home', ']');
    const files = unzipSync(new Uint8Array(await save('Save the movie', /ZIP/)));
    expect(Object.keys(files)).toEqual([0, 1, 2, 3].map((t) => `a-${t}.png`));
    expect(new Set(Object.values(files).map((file) => Buffer.from(file).toString('base64'))).size).toBe(4);
    await tab.ready();
    expect((await tab.state()).t).toBe(1);
  });

  it('saves all frames as a film that the browser plays', async () => {
    const bytes = await save('Save the movie', /film/);
    // The viewer's own page takes no media; a blank one does.
    const blank = await tab.context.newPage();
    const seen = await blank.evaluate(async (base64) => {
      const binary = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
      const address = URL.createObjectURL(new Blob([binary], { type: 'video/webm' }));
      const video = document.createElement('video');
      video.muted = true;
      await new Promise((done, fail) => {
        video.onloadeddata = done;
        video.onerror = () => fail(new Error(video.error?.message));
        video.src = address;
      });
      const { videoWidth, videoHeight, duration } = video;
      URL.revokeObjectURL(address);
      return { videoWidth, videoHeight, duration };
    }, bytes.toString('base64'));
    await blank.close();
    const box = (await tab.page.locator('.movie-canvas').boundingBox())!;
    expect(Math.abs(seen.videoWidth - box.width)).toBeLessThanOrEqual(2);
    expect(Math.abs(seen.videoHeight - box.height)).toBeLessThanOrEqual(2);
    expect(seen.duration).toBeCloseTo(0.4, 3);
  });

  it('saves the tree at several resolutions', async () => {
    const one = png(await save('Save the tree', /PNG, 96/));
    const two = png(await save('Save the tree', /PNG, 192/));
    expect(
      two
        .slice(0, 2)
        .map((n, k) => (n as number) - 2 * (one[k] as number))
        .every((d) => Math.abs(d) <= 2),
    ).toBe(true);
    const svg = (await save('Save the tree', /SVG/)).toString();
    expect(svg.match(/<title>track \d+<\/title>/g)).toHaveLength(2);
    expect(svg).toMatch(/<desc>morula .* a f .*#/s);
  });

  it('has the engine write GEFF and CTC with the edits, beside the result', async () => {
    const written = async (item: RegExp): Promise<string> => {
      await tab.page.getByRole('button', { name: 'Save the tree', exact: true }).click();
      await tab.page.getByRole('menuitem', { name: item }).click();
      const toast = tab.page.locator('.toast', { hasText: 'Written to' });
      await toast.waitFor();
      const path = /Written to ([^;]+)/.exec((await toast.textContent())!)![1]!;
      await tab.page.locator('.brand').click();
      return path;
    };
    const geff = await written(/GEFF/);
    expect(dirname(geff)).toBe(dirname(editor.result));
    expect(existsSync(join(geff, 'zarr.json')) || existsSync(join(geff, '.zattrs'))).toBe(true);
    const ctc = await written(/CTC/);
    expect(readFileSync(join(ctc, 'res_track.txt'), 'utf8').trim().split('\n')).toHaveLength(2);
  });
});

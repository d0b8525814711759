import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Command } from '../../src/lineage/types.ts';
import { serveResult, type ViewServer } from '../../src/serve/index.ts';
import { openResult, writeRunFile } from '../../src/store/index.ts';
import { openClient } from '../helpers/client.ts';
import { makeEditable } from '../helpers/editable.ts';
import { tempFolder } from '../helpers/tempFolder.ts';
import { inChromium, launchBrowser } from './page.ts';

const { chromium, skip, title } = inChromium('texts of strangers');

/** Texts that run where a page takes them for HTML, an attribute, an address or a style. */
const PAYLOADS = [
  '<img src=x onerror="window.__ran=1">',
  '"><script>window.__ran=1</script>',
  "'-window.__ran=1-'",
  '<svg><animate onbegin=window.__ran=1 attributeName=x>',
  'javascript:window.__ran=1',
  '</style><iframe srcdoc="<script>parent.__ran=1</script>">',
];

describe.skipIf(skip)(title, () => {
  const folder = join(tempFolder(), 'r');
  let server: ViewServer;
  let browser: Browser;

  beforeAll(async () => {
    mkdirSync(folder);
    await makeEditable(folder);
    const run = await openResult(folder);
    run.movie.name = PAYLOADS.join(' ');
    run.movie.channels = [{ index: 0, name: PAYLOADS[0]!, color: null }];
    run.segment.model = PAYLOADS[1]!;
    await writeRunFile(folder, run);
    server = await serveResult(folder, { port: 0 });
    const client = await openClient(server);
    for (const [i, text] of PAYLOADS.entries()) {
      const node = `0.${1 + (i % 4)}`;
      const commands: Command[] = [
        { do: 'name', node, name: text },
        { do: 'tag', nodes: [node], tag: text, on: true },
        { do: 'group', name: text, nodes: [node] },
        { do: 'review', items: [text], state: 'verified' },
      ];
      const [status] = await client.edit({ do: 'many', commands, label: text }, { by: text, view: text });
      expect(status).toBe(200);
    }
    if (chromium === null) throw new Error('CI needs Chromium: install it, or set CHROMIUM to its path');
    browser = await launchBrowser(chromium);
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  it('are shown and never run, in the page, its address and what an error says', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.addInitScript(() => {
      const reports: string[] = [];
      Object.assign(globalThis, { __reports: reports });
      addEventListener('securitypolicyviolation', (event) => {
        reports.push(`${event.violatedDirective} ${event.blockedURI}`);
      });
    });
    const dialogs: string[] = [];
    page.on('dialog', (dialog) => {
      dialogs.push(dialog.message());
      void dialog.dismiss();
    });
    for (const text of ['', ...PAYLOADS]) {
      await page.goto(
        `${server.url}#v=1&t=0&s=0.1&x=${encodeURIComponent(text)}&e=${encodeURIComponent(text)}`,
      );
      await page.waitForFunction(
        () => document.title.length > 0 && document.querySelector('canvas') !== null,
      );
      await page.waitForTimeout(300);
      const state = await page.evaluate(() => ({
        ran: (globalThis as { __ran?: number }).__ran ?? 0,
        reports: (globalThis as unknown as { __reports: string[] }).__reports,
        foreign: document.querySelectorAll('iframe, img[onerror], animate, script:not([src])').length,
        token: location.search,
      }));
      expect(state).toEqual({ ran: 0, reports: [], foreign: 0, token: '' });
    }
    for (const text of PAYLOADS) {
      const answer = await page.goto(`${new URL(server.url).origin}/api/table/${encodeURIComponent(text)}`);
      expect(answer?.headers()['content-type']).toContain('application/json');
      expect(await page.evaluate(() => (globalThis as { __ran?: number }).__ran ?? 0)).toBe(0);
    }
    expect(dialogs).toEqual([]);
    await context.close();
  }, 120_000);
});

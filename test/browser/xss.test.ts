import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Command } from '../../src/lineage/types.ts';
import { serveResult, type ViewServer } from '../../src/serve/index.ts';
import { openResult, writeRunFile } from '../../src/store/index.ts';
import { openClient } from '../helpers/client.ts';
import { makeEditable } from '../helpers/editable.ts';
import { tempFolder } from '../helpers/tempFolder.ts';
import { inChromium, launchBrowser } from './page.ts';
import { openTab } from './session.ts';

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
  // A folder may be called anything, too; a slash alone cannot be in a name.
  const folder = join(tempFolder(), `r ${PAYLOADS[0]!.replaceAll('/', '')}`);
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
        { do: 'bookmark', name: text, view: `v=1&t=0&x=${text}` },
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
    context.setDefaultTimeout(90_000);
    const page = await context.newPage();
    const dialogs = await watch(page);
    for (const text of ['', ...PAYLOADS]) {
      await page.goto(
        `${server.url}#v=1&t=0&s=0.1&x=${encodeURIComponent(text)}&e=${encodeURIComponent(text)}`,
      );
      await page.waitForFunction(
        () => document.title.length > 0 && document.querySelector('canvas') !== null,
      );
      await page.waitForTimeout(300);
      expect(await harm(page)).toEqual(NO_HARM);
    }
    for (const text of PAYLOADS) {
      const answer = await page.goto(`${new URL(server.url).origin}/api/table/${encodeURIComponent(text)}`);
      expect(answer?.headers()['content-type']).toContain('application/json');
      expect(await page.evaluate(() => (globalThis as { __ran?: number }).__ran ?? 0)).toBe(0);
    }
    expect(dialogs).toEqual([]);
    await context.close();
  }, 120_000);

  it('are not run when they are typed into any field, shown in any panel, kept by the browser, or saved as a picture', async () => {
    const tab = await openTab(browser, server.url);
    const { page } = tab;
    tab.context.setDefaultTimeout(30_000);
    const dialogs = await watch(page);
    await page.evaluate((texts) => {
      const keys = { preset: texts[0], own: { flip: [texts[0]!.slice(0, 39)], [texts[1]!]: ['x'] } };
      localStorage.setItem('morula-keys', JSON.stringify(keys));
      localStorage.setItem('morula-author', texts[1]!);
      localStorage.setItem('morula-theme', texts[2]!);
    }, PAYLOADS);
    await page.reload();
    await page.waitForFunction(() => window.__viewer !== undefined);
    await tab.ready();
    for (const text of PAYLOADS) {
      await tab.press('Control+d');
      await page.getByLabel('Name of a bookmark for this view').fill(`new ${text}`.slice(0, 80));
      await tab.press('Enter');
      await page.getByLabel('Your name', { exact: false }).first().fill(text);
      await page.locator('.brand').click();
      await tab.press('Control+k');
      await page.locator('dialog.palette input').fill(text);
      await tab.press('Escape');
      for (const name of ['tracks', 'divisions', 'cells', 'plots']) {
        await page.locator(`#tab-${name}`).click();
        const filter = page.locator(`#page-${name} .filter`);
        if ((await filter.count()) > 0) {
          await filter.first().fill(text);
          await tab.ready();
          await filter.first().fill('');
        }
      }
      expect([text, await harm(page)]).toEqual([text, NO_HARM]);
    }
    await page.locator('.brand').click();
    await page.evaluate(() => {
      location.hash = 'v=1&t=0&s=0.1';
    });
    await tab.ready();
    await tab.press('t');
    for (const label of ['Name', 'Tags', 'Group'])
      await page.locator('dialog.marks').getByLabel(label, { exact: true }).fill(PAYLOADS[1]!);
    await tab.press('Enter');
    await tab.press('g', 'Escape', '?', 'Escape', 'Control+h');
    expect(await harm(page)).toEqual(NO_HARM);

    const { movie, segmentKey } = await openResult(folder);
    const command: Command = { do: 'tag', nodes: ['0.1'], tag: `of a session ${PAYLOADS[0]}`, on: true };
    const entry = {
      seq: 1,
      id: PAYLOADS[1],
      kind: 'edit',
      at: '',
      by: PAYLOADS[1],
      label: PAYLOADS[3],
      command,
    };
    const session = {
      ...{ format: 'morula-session', version: 1, movie: PAYLOADS[0], segmentKey },
      ...{ view: `v=1&t=0&x=${PAYLOADS[1]}`, bookmarks: { [PAYLOADS[0]!]: '' }, edits: [entry] },
    };
    for (const [fingerprint, answer] of [
      ['another', 'it is of another movie'],
      [movie.fingerprint, 'Session opened: 1 edit made'],
    ]) {
      const buffer = Buffer.from(JSON.stringify({ ...session, fingerprint }));
      const file = { name: `${PAYLOADS[0]}.json`, mimeType: 'application/json', buffer };
      await page.locator('input[type=file]').setInputFiles(file);
      await expect.poll(() => page.locator('.toast').textContent()).toContain(answer);
      await tab.ready();
      expect(await harm(page)).toEqual(NO_HARM);
    }

    const waiting = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save the tree' }).click();
    await page.getByRole('menuitem', { name: /SVG/ }).click();
    const svg = readFileSync((await (await waiting).path())!, 'utf8');
    expect(svg).toContain('&lt;img src=x onerror');
    const elements = new Set(Array.from(svg.matchAll(/<([a-z]+)/gi), ([, name]) => name));
    expect([...elements].sort()).toEqual(
      expect.not.arrayContaining(['img', 'script', 'animate', 'iframe', 'svgscript']),
    );
    expect(svg).not.toMatch(/<[^>]* on\w+=/);
    expect(dialogs).toEqual([]);
    await tab.context.close();
  }, 240_000);
});

/** Notes what the page's policy blocks, and what asks its user; from its next address on. */
async function watch(page: Page): Promise<string[]> {
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
  return dialogs;
}

const NO_HARM = { ran: 0, reports: [], foreign: 0, token: '' };

/** What the texts have done to the page. */
const harm = (page: Page): Promise<typeof NO_HARM> =>
  page.evaluate(() => ({
    ran: (globalThis as { __ran?: number }).__ran ?? 0,
    reports: (globalThis as unknown as { __reports: never[] }).__reports,
    foreign: document.querySelectorAll('iframe, img[onerror], animate, script:not([src])').length,
    token: location.search,
  }));

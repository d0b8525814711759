import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEditSession } from '../../src/pipeline/index.ts';
import { inChromium, runMorula } from './page.ts';
import { launchBrowser, openTab, type Tab } from './session.ts';

const { chromium, skip, title } = inChromium('exported page');

const TYPES: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };

/** The plainest of web servers, under a path of its own. */
function host(folder: string): Promise<Server> {
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url!, 'http://x').pathname).replace(
      /^\/some\/where\//,
      '',
    );
    const file = join(folder, normalize(path === '' ? 'index.html' : path));
    if (!existsSync(file)) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' });
    response.end(readFileSync(file));
  });
  return new Promise((done) => server.listen(0, '127.0.0.1', () => done(server)));
}

/** Names the first detection of a result. */
async function nameFirst(result: string): Promise<void> {
  const session = await openEditSession(result, null);
  const { edited } = await session.current();
  const request = { id: 'eve', by: 'test', at: new Date().toISOString() };
  await session.edit(request, { do: 'name', node: edited.refOf(0), name: 'Eve' });
  await session.close();
}

describe.skipIf(skip)(title, { timeout: 240_000 }, () => {
  let folder: string;
  let server: Server;
  let browser: Browser;
  let tab: Tab;

  beforeAll(async () => {
    if (chromium === null) throw new Error('CI needs Chromium: install it, or set CHROMIUM to its path');
    folder = mkdtempSync(join(tmpdir(), 'morula-static-'));
    const movie = join(folder, 'm.ome.zarr');
    await runMorula('simulate', movie, '--frames', '4', '--cells', '4', '--seed', '3', '--quiet');
    const result = join(folder, 'm.morula');
    await runMorula('import', join(folder, 'm_GT'), '--movie', movie, '-o', result, '--quiet');
    await nameFirst(result);
    await runMorula('view', result, '--export', join(folder, 'page'), '--quiet');
    server = await host(join(folder, 'page'));
    browser = await launchBrowser(chromium);
    tab = await openTab(browser, `http://127.0.0.1:${(server.address() as AddressInfo).port}/some/where/`);
  }, 240_000);

  afterAll(async () => {
    await tab?.context.close();
    await browser?.close();
    server?.close();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  it('shows image, cells and tree from files, and says nothing of where the movie lay', async () => {
    expect(await tab.page.locator('.movie-note').textContent()).toBe('');
    expect(await tab.page.locator('.counts').textContent()).toMatch(/4 frames/);
    const nodes = await tab.page.evaluate(() => window.__viewer!.nodesOfFrame(3));
    await tab.page.locator('.time').fill('3');
    await tab.ready();
    const at = await tab.page.evaluate((n) => window.__viewer!.toScreen(n), nodes[1]!);
    await tab.page.mouse.click(at!.x, at!.y);
    const state = (await tab.state()) as unknown as { selectedNode: number };
    expect(state.selectedNode).toBe(nodes[1]);
    expect(readFileSync(join(folder, 'page', 'data', 'info.json'), 'utf8')).not.toContain(folder);
  });

  it('shows the names that people gave', async () => {
    await tab.press('Home');
    const first = await tab.page.evaluate(() => window.__viewer!.toScreen(0));
    await tab.page.mouse.move(first!.x + 1, first!.y);
    await tab.page.mouse.move(first!.x, first!.y);
    expect(await tab.page.locator('.movie-stage .tip').textContent()).toContain('Eve · Track');
  });

  it('is for looking only, and does not complain about it until an edit is tried', async () => {
    expect(await tab.page.locator('.banner').isHidden()).toBe(true);
    expect(await tab.page.locator('.edit-button').textContent()).toBe('Read only');
    await tab.page.locator('#tab-history').click();
    expect(await tab.page.locator('.only-to-edit:visible').count()).toBe(0);
    await tab.press('g');
    expect(await tab.page.locator('.sheet').isVisible()).toBe(true);
    expect(await tab.page.locator('.only-to-edit:visible').count()).toBe(0);
    await tab.press('Escape');
    await tab.press('u');
    expect(await tab.page.locator('.toast').textContent()).toContain('for looking only');
  });

  it('refuses a folder that has something in it', async () => {
    await expect(
      runMorula('view', join(folder, 'm.morula'), '--export', join(folder, 'page'), '--quiet'),
    ).rejects.toThrow('must be a new or an empty folder');
  });
});

import type { Browser, Page } from 'playwright-core';
import { build } from 'vite';
import type {} from './imageScene.ts';

/** A page on which `window.__scene` draws made-up pictures with both backends, as they are in the viewer. */
export async function openScenePage(browser: Browser): Promise<Page> {
  const built = await build({
    configFile: false,
    logLevel: 'warn',
    build: {
      write: false,
      minify: false,
      target: 'es2022',
      lib: { entry: `${import.meta.dirname}/imageScene.ts`, formats: ['iife'], name: 'scene' },
    },
  });
  const [{ output }] = built as unknown as [{ output: [{ code: string }] }];
  const page = await browser.newPage();
  await page.addScriptTag({ content: output[0].code });
  return page;
}

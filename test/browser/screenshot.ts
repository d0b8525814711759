import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Browser } from 'playwright-core';
import { findChromium, launchBrowser, runMorula, serve } from './page.ts';
import { openTab } from './session.ts';
import { type Kind, VIEWS } from './views.ts';

/**
 * Photographs the viewer in both themes, as a user sees it.
 *
 * `tsx test/browser/screenshot.ts` makes the README's pictures, of the built-in sample, in `viewer/pictures`.
 * `tsx test/browser/screenshot.ts --all <folder>` makes every view of the sample and, where the shared data are, of
 * hela-01, the drosophila crop and an ascidian embryo, in two sizes; results are kept in `<folder>/results` for the
 * next time. `--movie hela`, `--view sheet`, `--theme dark` choose some of them.
 */
const README_SIZE = { width: 1400, height: 900 };
const SIZES = [README_SIZE, { width: 1000, height: 700 }];
const THEMES = ['dark', 'light'];
const DATA = process.env.MORULA_DATA ?? join(import.meta.dirname, '../../../shared/data');

interface Subject extends Kind {
  name: string;
  /** Path in the shared data, null = built in. */
  needs: string | null;
  /** Makes the result and says where it is. */
  make(source: string, folder: string): Promise<string>;
}

const track = async (source: string, result: string): Promise<string> => {
  await runMorula('track', source, '-o', result, '--quiet');
  return result;
};

const SUBJECTS: readonly Subject[] = [
  {
    name: 'sample',
    needs: null,
    image: true,
    depth: false,
    async make(_, folder) {
      await runMorula('demo', '-o', join(folder, 'sample'), '--no-serve', '--quiet');
      return join(folder, 'sample', 'sample-2d.morula');
    },
  },
  {
    name: 'hela',
    needs: 'hela-01.ome.zarr',
    image: true,
    depth: false,
    make: (source, folder) => track(source, join(folder, 'hela.morula')),
  },
  {
    name: 'drosophila',
    needs: 'drosophila-crop.ome.zarr',
    image: true,
    depth: true,
    make: (source, folder) => track(source, join(folder, 'drosophila.morula')),
  },
  {
    name: 'ascidian',
    needs: 'points/ascidian-pm02.csv',
    image: false,
    depth: true,
    async make(source, folder) {
      const result = join(folder, 'ascidian.morula');
      if (existsSync(result)) return result;
      await runMorula('import', source, '--detections-only', '-o', result, '--quiet');
      await runMorula('link', result, '--quiet');
      return result;
    },
  },
];

/** What to photograph: nothing given = everything. */
interface Choice {
  movie: string | undefined;
  view: string | undefined;
  theme: string | undefined;
}

const chosen = (name: string, choice: string | undefined): boolean => choice === undefined || choice === name;

async function photographAll(folder: string, choice: Choice): Promise<void> {
  const browser = await launchBrowser(chromiumPath());
  try {
    for (const subject of SUBJECTS) {
      if (!chosen(subject.name, choice.movie)) continue;
      const source = subject.needs === null ? '' : join(DATA, subject.needs);
      if (subject.needs !== null && !existsSync(source)) {
        console.log(`${subject.name}: skipped, ${source} is not there (MORULA_DATA)`);
        continue;
      }
      mkdirSync(join(folder, 'results'), { recursive: true });
      const result = await subject.make(source, join(folder, 'results'));
      await photograph(browser, result, subject, SIZES, choice, (view, theme, { width }) =>
        join(folder, `${subject.name}-${view}-${theme}-${width}.png`),
      );
    }
  } finally {
    await browser.close();
  }
}

async function photographReadme(folder: string): Promise<void> {
  const browser = await launchBrowser(chromiumPath());
  const [sample] = SUBJECTS;
  // A result that was kept may be of another day's code.
  const fresh = mkdtempSync(join(tmpdir(), 'morula-pictures-'));
  try {
    const result = await sample!.make('', fresh);
    const choice = { movie: 'sample', view: 'opened', theme: undefined };
    await photograph(browser, result, sample!, [README_SIZE], choice, (_, theme) =>
      join(folder, `viewer-${theme}.png`),
    );
  } finally {
    await browser.close();
    rmSync(fresh, { recursive: true, force: true });
  }
}

async function photograph(
  browser: Browser,
  result: string,
  kind: Kind,
  sizes: readonly (typeof README_SIZE)[],
  choice: Choice,
  pathOf: (view: string, theme: string, size: typeof README_SIZE) => string,
): Promise<void> {
  const server = await serve(result);
  try {
    for (const view of VIEWS) {
      if (!chosen(view.name, choice.view) || view.on?.(kind) === false) continue;
      for (const theme of THEMES) {
        if (!chosen(theme, choice.theme)) continue;
        for (const size of sizes) {
          const tab = await openTab(browser, server.url, { viewport: size, theme });
          await view.go(tab);
          const path = pathOf(view.name, theme, size);
          const picture = await tab.page.screenshot({ animations: 'disabled' });
          writeFileSync(path, picture);
          console.log(`${path}  ${Math.round(picture.length / 1000)} kB`);
          await tab.context.close();
        }
      }
    }
  } finally {
    await server.stop();
  }
}

function chromiumPath(): string {
  const path = findChromium();
  if (path === null) throw new Error('screenshot: Chromium must be installed; set CHROMIUM to its path');
  return path;
}

const { values } = parseArgs({
  options: {
    all: { type: 'string' },
    movie: { type: 'string' },
    view: { type: 'string' },
    theme: { type: 'string' },
  },
});
if (values.all === undefined) await photographReadme('viewer/pictures');
else
  await photographAll(values.all, {
    movie: values.movie,
    view: values.view,
    theme: values.theme,
  });

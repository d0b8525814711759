import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { createRandom } from '../src/array/index.ts';
import { founders, makeForest } from '../test/viewer/forest.ts';
import { layoutTree, rootsBySize } from '../viewer/src/layout/leafOrder.ts';
import { createPlan, planTree } from '../viewer/src/layout/lod.ts';
import { measurePage } from './viewerPage.ts';

const SIZES = [1_000, 10_000, 100_000, 1_000_000];
const WIDTH = 1200;
const VIEWS = 60;
const PAGE = 'dist/viewer/assets';
const PAGE_BRANCHES = 100_000;
const INPUTS = 30;

/** Smallest and mean time of `runs` calls, ms; one call before them warms up. */
function measure(runs: number, call: (k: number) => void): { min: number; mean: number } {
  call(0);
  const times = Array.from({ length: runs }, (_, k) => {
    const start = performance.now();
    call(k);
    return performance.now() - start;
  });
  return { min: Math.min(...times), mean: times.reduce((a, b) => a + b, 0) / runs };
}

const show = ({ min, mean }: { min: number; mean: number }): string =>
  `${min.toFixed(2).padStart(9)} ${mean.toFixed(2).padStart(9)}`;

/**
 * Tree layout and planning of marks (all in view; a sweep of zooms), for trees of about 500 branches and for one-sided
 * ones, and the size of the page's script; then the page itself in Chromium against its budgets (`measurePage`).
 * Arguments: sizes, default 1,000 to 1,000,000; `--page <branches>` (default 100,000), `--inputs <n>` (default 30).
 */
export async function run(args: readonly string[]): Promise<void> {
  const option = (name: string, absent: number): number => {
    const at = args.indexOf(`--${name}`);
    return at >= 0 ? Number(args[at + 1]) : absent;
  };
  const given = args.filter((arg, k) => !arg.startsWith('--') && !args[k - 1]?.startsWith('--')).map(Number);
  const sizes = given.length > 0 ? given : SIZES;
  console.log(
    'milliseconds, min and mean             layout             plan, whole          plan, zooming   marks',
  );
  let sink = 0;
  for (const lopsided of [false, true]) {
    for (const size of sizes) {
      const branches = makeForest(size, 1, 500, lopsided);
      const roots = rootsBySize(branches, founders(branches));
      let layout = layoutTree(branches, roots);
      const laidOut = measure(size > 200_000 ? 4 : 12, () => {
        layout = layoutTree(branches, roots);
        sink += layout.count;
      });
      const plan = createPlan();
      const all = { u0: -0.5, u1: layout.width, v0: 0, v1: 1e6, pxPerLeaf: WIDTH / layout.width };
      const whole = measure(30, () => planTree(branches, layout, all, plan));
      let most = plan.nBars + plan.nBlocks;
      const random = createRandom(2);
      const sweep = measure(VIEWS, (k) => {
        const span = layout.width * 10 ** ((-4 * k) / VIEWS);
        const u0 = (layout.width - span) * random.uniform();
        planTree(branches, layout, { u0, u1: u0 + span, v0: 0, v1: 1e6, pxPerLeaf: WIDTH / span }, plan);
        most = Math.max(most, plan.nBars + plan.nBlocks);
        sink += plan.collapsed;
      });
      const name = `${size.toLocaleString('en-US')} branches${lopsided ? ', one-sided' : ''}`;
      console.log(
        `${name.padEnd(28)}${show(laidOut)} ${show(whole)} ${show(sweep)} ${String(most).padStart(7)}`,
      );
    }
  }
  if (sink < 0) console.log(sink);
  console.log(bundleSize());
  await measurePage(option('page', PAGE_BRANCHES), option('inputs', INPUTS));
}

/** Size of the built page's scripts and styles, compressed. */
function bundleSize(): string {
  if (!existsSync(PAGE)) return 'page: not built (npm run build)';
  const sizes = readdirSync(PAGE)
    .filter((name) => /\.(js|css)$/.test(name))
    .map((name) => `${name} ${(gzipSync(readFileSync(join(PAGE, name))).length / 1000).toFixed(1)} kB gzip`);
  return `page: ${sizes.join(', ')}`;
}

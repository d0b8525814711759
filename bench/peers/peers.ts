import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { dataRoot, parse } from '../ap.ts';
import { type Context, ENVIRONMENTS, interpreter, script } from './context.ts';
import { exchangePart } from './exchange.ts';
import { firstPart, linkPart, scalePart } from './link.ts';
import { masksPart } from './masks.ts';
import { scorePart } from './score.ts';
import { segmentPart } from './segment.ts';
import { loadSections, type Section, sectionText, writeTable } from './table.ts';
import { zarrPart } from './zarr.ts';

const USAGE =
  'bench peers --out <folder> [--only link,first,masks,scale,score,zarr,segment,exchange] [--scratch <folder outside the project>] [--sets a,b] ' +
  '[--programs "laptrack documented,btrack"] [--frames <first ones of each set>] [--limit <CPU seconds of a run, 300>] [--nice 0]';

/** Peers that this bench has no runner for, and why. */
const NOT_RUN = ['Trackastra: it installs, but its trained weights are a download from elsewhere'];

type Part = (context: Context, report: (section: Section) => void) => Promise<void>;

const PARTS: Record<string, Part> = {
  link: linkPart,
  first: firstPart,
  masks: masksPart,
  scale: scalePart,
  score: scorePart,
  zarr: zarrPart,
  segment: segmentPart,
  exchange: exchangePart,
};

/**
 * Peers and morula on the same inputs on the same cores: `peers.md` and `peers.json` in `--out`, the parts not asked for
 * as an earlier run left them. Makes the Python environments in `--scratch` where they are not there yet.
 */
export async function run(args: readonly string[]): Promise<void> {
  const options = parse(args, USAGE);
  const out = options.get('out');
  const only = options.get('only')?.split(',') ?? Object.keys(PARTS);
  if (out === undefined || only.some((name) => !(name in PARTS))) throw new Error(`usage: ${USAGE}`);
  const cpuSeconds = Number(options.get('limit') ?? 300);
  const context: Context = {
    scratch: resolve(options.get('scratch') ?? join(tmpdir(), 'morula-peers')),
    work: mkdtempSync(join(tmpdir(), 'morula-peers-work-')),
    data: dataRoot(),
    limits: { cpuSeconds, seconds: 20 * cpuSeconds, nice: Number(options.get('nice') ?? 0) },
    sets: options.get('sets')?.split(',') ?? [],
    frames: options.has('frames') ? Number(options.get('frames')) : null,
    programs: options.get('programs')?.split(',') ?? [],
    earlier: new Map(loadSections(out).map((section) => [section.part, section])),
    missing: [...NOT_RUN],
  };
  setUp(context, only);
  const sections = new Map(context.earlier);
  const save = (): void => {
    const order = [...Object.keys(PARTS)].flatMap((part) => sections.get(part) ?? []);
    writeTable(out, { machine: machine(), missing: context.missing, sections: order });
  };
  try {
    for (const part of only) {
      await PARTS[part]!(context, (section) => {
        sections.set(section.part, section);
        save();
      });
      const section = sections.get(part);
      if (section !== undefined) console.log(sectionText(section));
    }
  } finally {
    save();
    rmSync(context.work, { recursive: true, force: true });
  }
  for (const line of context.missing) console.log(`not run: ${line}`);
}

/** Makes the environments that are not there; one that cannot be made is left out and said. That of ultrack is 7 GB. */
function setUp(context: Context, parts: readonly string[]): void {
  const parted: Record<string, string> = { ultrack: 'masks', trips: 'exchange' };
  const needed = ENVIRONMENTS.filter((name) => !(name in parted) || parts.includes(parted[name]!));
  const absent = needed.filter((name) => !existsSync(join(context.scratch, name, 'complete')));
  if (absent.length > 0)
    spawnSync('sh', [script('setup.sh'), context.scratch, ...absent], { stdio: 'inherit' });
  for (const name of needed) {
    if (interpreter(context, name) !== null) continue;
    context.missing.push(`${name}: could not be installed, see ${join(context.scratch, `${name}.log`)}`);
  }
}

function machine(): string {
  const [load] = loadavg();
  const cores = `${availableParallelism()} cores of ${cpus()[0]?.model ?? 'an unknown processor'}`;
  return `${new Date().toISOString().slice(0, 10)}, ${cores}, ${load?.toFixed(1)} processes running besides.`;
}

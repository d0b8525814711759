import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A workflow engine's command, or why there is none. */
export type Engine = { command: string[] } | { why: string };

const SNAKEMAKE = '9.27.1';
/** The newest whose parts are all in Maven Central. */
const NEXTFLOW = '23.10.1';

const found = (program: string): boolean =>
  spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined;

/** What a program ended with, and all that it said. Nobody else is kept waiting meanwhile. */
export function ends(
  [program, ...args]: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<{ code: number; said: string }> {
  return new Promise((done) => {
    execFile(program!, args, { ...options, maxBuffer: 1e8 }, (error, stdout, stderr) => {
      done({ code: error === null ? 0 : Number(error.code ?? -1), said: `${stdout}${stderr}` });
    });
  });
}

/** Null where a program ended well, else why not. */
async function trouble(words: readonly string[], cwd?: string): Promise<string | null> {
  const { code, said } = await ends(words, cwd === undefined ? {} : { cwd });
  return code === 0 ? null : `${words[0]} ended with ${code}: ${said.slice(0, 300)}`;
}

/** Snakemake as it is installed, or from PyPI in an environment of its own under `folder`. */
export async function provideSnakemake(folder: string): Promise<Engine> {
  if (found('snakemake')) return { command: ['snakemake'] };
  if (!found('python3')) return { why: 'python3 is not installed' };
  const home = join(folder, 'snakemake');
  const pip = join(home, 'bin', 'pip');
  const why =
    (await trouble(['python3', '-m', 'venv', home])) ??
    (await trouble([pip, 'install', '-q', `snakemake==${SNAKEMAKE}`]));
  return why === null ? { command: [join(home, 'bin', 'snakemake')] } : { why };
}

/** Packages of Java that Nextflow looks into. */
const OPENED = ['lang', 'io', 'nio', 'net', 'util', 'util.concurrent'].map(
  (name) => `java.base/java.${name}`,
);

/** Nextflow as it is installed, or from Maven Central where Java (17) and Maven are. */
export async function provideNextflow(folder: string): Promise<Engine> {
  if (found('nextflow')) return { command: ['nextflow'] };
  for (const program of ['java', 'mvn'])
    if (!found(program)) return { why: `neither nextflow nor ${program} is installed` };
  const home = join(folder, 'nextflow');
  mkdirSync(home);
  const part = `<groupId>io.nextflow</groupId><artifactId>nextflow</artifactId><version>${NEXTFLOW}</version>`;
  writeFileSync(
    join(home, 'pom.xml'),
    `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion><groupId>x</groupId>
<artifactId>x</artifactId><version>1</version><dependencies><dependency>${part}</dependency></dependencies></project>`,
  );
  const why = await trouble(
    ['mvn', '-q', '-B', 'dependency:copy-dependencies', '-DoutputDirectory=parts'],
    home,
  );
  if (why !== null) return { why };
  const opened = [...OPENED, 'java.base/sun.nio.ch', 'java.base/sun.nio.fs'].map(
    (name) => `--add-opens=${name}=ALL-UNNAMED`,
  );
  return { command: ['java', ...opened, '-cp', join(home, 'parts', '*'), 'nextflow.cli.Launcher'] };
}

import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { expect } from 'vitest';
import { here } from '../cli/morula.ts';

/**
 * Types in, as it stands, what a message names: commands of `morula` and `rm`, with `&&` between them. What only a person
 * knows stands in it as a word in angle brackets, quoted.
 *
 * @param known what a person puts there, by such a word: `{ '<model>': path }`
 */
export async function obey(mend: string, known: Record<string, string> = {}): Promise<void> {
  for (const command of mend.split(' && ')) {
    const words = execFileSync('sh', ['-c', `printf '%s\\n' ${command}`], { encoding: 'utf8' });
    const [program, ...args] = words.trimEnd().split('\n');
    const filled = args.map((word) => known[word] ?? word);
    if (program === 'rm') rmSync(filled[0]!);
    else expect(await here(...filled, '--quiet')).toMatchObject({ code: 0, stderr: '' });
  }
}

/** `<family> <first> <count>`: reads hostile copies in a process of its own, a line of JSON before and after each. */
import { writeSync } from 'node:fs';
import { isMorulaError } from '../../src/errors/index.ts';
import { FAMILIES } from './families.ts';

const say = (line: object): void => void writeSync(1, `${JSON.stringify(line)}\n`);

const [name = '', first = '0', count = '0'] = process.argv.slice(2);
const family = FAMILIES[name];
if (family === undefined) throw new Error(`no family ${name}`);
for (let seed = Number(first); seed < Number(first) + Number(count); seed++) {
  say({ seed });
  try {
    say({ seed, outcome: await family.read(seed) });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const refused = isMorulaError(error) && [64, 65].includes(error.exit);
    const sound = refused && !why.includes('\n') && why.length < 1000;
    say(
      sound
        ? { seed, outcome: 'refused' }
        : { seed, outcome: 'defect', why: `${error instanceof Error ? error.stack : why}`.slice(0, 900) },
    );
  }
}
say({ peak: process.resourceUsage().maxRSS / 1000 });
process.exit(0);

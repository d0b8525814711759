// node atLeast.mjs score.json DET=0.96 TRA=0.95 ...: fails when a number is below its line.
import { readFileSync } from 'node:fs';

const [path, ...lines] = process.argv.slice(2);
const scores = JSON.parse(readFileSync(path, 'utf8'));
for (const line of lines) {
  const [name, least] = line.split('=');
  const holds = scores[name] >= Number(least);
  console.log(`${holds ? 'holds' : 'FAILS'}  ${name} ${scores[name]} (at least ${least})`);
  if (!holds) process.exitCode = 1;
}

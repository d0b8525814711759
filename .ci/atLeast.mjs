// node atLeast.mjs score.json DET=0.96 in_field.TRA=0.95 ...: fails when a number is below its line, or not there.
import { readFileSync } from 'node:fs';

const [path, ...lines] = process.argv.slice(2);
const scores = JSON.parse(readFileSync(path, 'utf8'));
for (const line of lines) {
  const [name, least] = line.split('=');
  const value = name.split('.').reduce((part, key) => part?.[key], scores);
  const holds = value >= Number(least);
  console.log(`${holds ? 'holds' : 'FAILS'}  ${name} ${value} (at least ${least})`);
  if (!holds) process.exitCode = 1;
}

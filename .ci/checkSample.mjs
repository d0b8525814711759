// Fails when the built-in sample scores below what the README promises.
import { readFileSync } from 'node:fs';

const { scores, divisions, detections } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const rows = [
  ['DET', scores.DET, 0.97],
  ['TRA', scores.TRA, 0.96],
  ['division F1 at tolerance 1', scores.divisions.f1[1], 0.8],
];
console.log(`sample: ${detections} detections, ${divisions} divisions`);
for (const [name, value, least] of rows) {
  const holds = value >= least;
  console.log(`${holds ? 'holds' : 'FAILS'}  ${name} ${value} (at least ${least})`);
  if (!holds) process.exitCode = 1;
}

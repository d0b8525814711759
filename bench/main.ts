/** `npm run bench -- <name> [arguments]`: measures one part and prints a table. Without a name it lists them. */
interface Bench {
  title: string;
  load: () => Promise<{ run: (args: readonly string[]) => void | Promise<void> }>;
}

const BENCHES: Record<string, Bench> = {
  segment: { title: 'the whole of segment against the bare network', load: () => import('./segment.ts') },
  segment3d: { title: 'the same in 3D', load: () => import('./segment3d.ts') },
  ap: { title: 'average precision of a model on labelled images', load: () => import('./ap.ts') },
  instances: {
    title: "instances of imported models against StarDist's in Python",
    load: () => import('./peers/instances.ts'),
  },
  speed: {
    title: 'segment against StarDist in Python, same weights and frames',
    load: () => import('./peers/speed.ts'),
  },
  peers: {
    title: 'morula and its peers in one table: linking, scale, scores, zarr, segmentation, exchange',
    load: () => import('./peers/peers.ts'),
  },
  link: { title: 'the linker on point sets with known lineage', load: () => import('./link.ts') },
  linkScale: {
    title: 'the linker on simulated clouds: time, memory, quality',
    load: () => import('./linkScale.ts'),
  },
  calibration: {
    title: 'how often what the linker says with a probability is right',
    load: () => import('./calibration.ts'),
  },
  noise: {
    title: 'the linker on detections with more and more faults',
    load: () => import('./noise.ts'),
  },
  scorer: {
    title: 'the linker with a learned scorer that never saw the family, and without',
    load: () => import('./scorer.ts'),
  },
  scorerTable: {
    title: 'the training table of the link scorer',
    load: () => import('./scorerTable.ts'),
  },
  score: { title: 'scoring masks and points', load: () => import('./score.ts') },
  viewer: {
    title: 'the viewer: tree layout, level of detail, the budgets of the page',
    load: () => import('./viewer.ts'),
  },
  backends: {
    title: 'the two backends that draw the image, on the processor and with WebGL2',
    load: () => import('./backends.ts'),
  },
  curator: {
    title: 'the robot curator: TRA and division F1 per decision at the page, against random order',
    load: () => import('./curator.ts'),
  },
  memory: { title: 'peak memory of track on a short and a long movie', load: () => import('./memory.ts') },
  volumeMemory: {
    title: 'peak memory of segment on one large volume within a budget',
    load: () => import('./volumeMemory.ts'),
  },
};

const [name, ...args] = process.argv.slice(2);
const bench = name === undefined ? undefined : BENCHES[name];
if (bench === undefined) {
  for (const [key, { title }] of Object.entries(BENCHES))
    console.log(`npm run bench -- ${key.padEnd(11)}${title}`);
  process.exitCode = name === undefined ? 0 : 64;
} else {
  await (await bench.load()).run(args);
}

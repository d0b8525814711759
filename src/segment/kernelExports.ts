/** A place in the kernels' memory, bytes. */
export type Place = number;

/** What `kernels/index.ts` exports; it says what each does. */
export interface Exports {
  memory: { readonly buffer: ArrayBuffer };
  clear(): void;
  room(bytes: number): number;
  countValues(type: number, image: Place, n: number, counts: Place): void;
  total(counts: Place, bins: number): number;
  placeOf(counts: Place, rank: number): number;
  normalise(type: number, image: Place, n: number, low: number, span: number, out: Place): void;
  markUsed(labels: Place, n: number, used: Place): void;
  rename(labels: Place, n: number, renamed: Place): void;
  sumAndCount(
    type: number,
    labels: Place,
    image: Place,
    n: number,
    sums: Place,
    sizes: Place,
    counts: Place,
  ): void;
  sumAll(
    type: number,
    labels: Place,
    image: Place,
    n: number,
    sums: Place,
    sizes: Place,
    outside: Place,
  ): number;
  join(
    type: number,
    labels: Place,
    image: Place,
    height: number,
    width: number,
    first: number,
    end: number,
    level: number,
    spare: Place,
  ): void;
  measureRows(
    type: number,
    labels: Place,
    image: Place,
    z: number,
    y0: number,
    rows: number,
    height: number,
    width: number,
    faceZ: number,
    table: Place,
  ): void;
  addChannel(type: number, labels: Place, image: Place, n: number, sums: Place, finite: Place): void;
  openBorders(count: number): void;
  findBorders(
    type: number,
    labels: Place,
    image: Place,
    rows: number,
    width: number,
    first: number,
    end: number,
    sizes: Place,
  ): void;
  countBorders(): number;
  takeBorders(out: Place): void;
  gatherGreys(type: number, labels: Place, image: Place, n: number, ends: Place, out: Place): void;
  paintAll(
    vertices: Place,
    n: number,
    nRays: number,
    labels: Place,
    first: number,
    end: number,
    width: number,
  ): void;
  scan(
    values: Place,
    width: number,
    rows: number,
    columns: number,
    floor: number,
    base: number,
    hits: Place,
    found: Place,
  ): void;
  keepBetween(prob: Place, hits: Place, count: number, floor: number, most: number): number;
  keepPeaks(
    prob: Place,
    width: number,
    top: number,
    left: number,
    bottom: number,
    right: number,
    hits: Place,
    count: number,
  ): number;
  gatherColumns(
    prob: Place,
    hits: Place,
    count: number,
    width: number,
    offsetY: number,
    offsetX: number,
    frameWidth: number,
    gridY: number,
    gridX: number,
    scale: number,
    probs: Place,
    index: Place,
    y: Place,
    x: Place,
  ): void;
  gatherRows(dist: Place, at: Place, nRays: number, hits: Place, count: number, out: Place): void;
  roundRays(dist: Place, count: number, scale: number, longest: number): void;
  orderByProb(count: number, prob: Place, index: Place): Place;
  suppress(
    count: number,
    nRays: number,
    prob: Place,
    index: Place,
    y: Place,
    x: Place,
    dist: Place,
    sin: Place,
    cos: Place,
    threshold: number,
    scale: number,
    known: number,
    kept: Place,
  ): number;
  lensArea(d: number, p: number, q: number): number;
  commonArea(aY: Place, aX: Place, nA: number, bY: Place, bX: Place, nB: number, stopAbove: number): number;
  roughDisc(nRays: number, y: number, x: number, dist: Place, sin: Place, cos: Place): Place;
  meanOutlines(
    count: number,
    nRays: number,
    prob: Place,
    index: Place,
    y: Place,
    x: Place,
    dist: Place,
    rows: Place,
    nRows: number,
    columns: number,
    sin: Place,
    cos: Place,
    out: Place,
  ): void;
  splitByProb(
    prob: Place,
    hits: Place,
    count: number,
    floor: number,
    most: number,
    over: Place,
    found: Place,
  ): void;
  openField(
    prob: Place,
    height: number,
    width: number,
    z0: number,
    z1: number,
    y0: number,
    y1: number,
    x0: number,
    x1: number,
  ): Place;
  findPeaks3d(field: Place, z: number, hits: Place, count: number, peaks: Place): number;
  keepFlagged(hits: Place, peaks: Place, count: number): number;
  gatherColumns3d(
    field: Place,
    hits: Place,
    count: number,
    plane: number,
    first: number,
    frameWidth: number,
    probs: Place,
    index: Place,
  ): void;
  stepRays(dist: Place, n: number, out: Place): void;
  stepRows(dist: Place, at: Place, nRays: number, hits: Place, count: number, out: Place): void;
  openCones(
    nRays: number,
    nFaces: number,
    vector: Place,
    stretch: Place,
    dual: Place,
    unitVolume: Place,
    face: Place,
    hull: Place,
    start: Place,
    neighbour: Place,
    az: number,
    ay: number,
    ax: number,
  ): Place;
  setTable(cones: Place, rz: number, ry: number, rx: number, rows: Place, runs: Place): void;
  fillPlane(cones: Place, z: number, ry: number, rx: number, from: number, ends: Place, runs: Place): number;
  findLongest(dist: Place, n: number, nRays: number, longest: Place): void;
  orderRays(
    block: Place,
    first: number,
    end: number,
    nRays: number,
    order: Place,
    n: number,
    out: Place,
  ): void;
  openSuppression(
    cones: Place,
    depth: number,
    height: number,
    width: number,
    gz: number,
    gy: number,
    gx: number,
    threshold: number,
    dist: Place,
    n: number,
  ): Place;
  suppressPart(
    suppression: Place,
    n: number,
    order: Place,
    index: Place,
    dist: Place,
    known: number,
    kept: Place,
  ): number;
  lensVolume(d: number, p: number, q: number): number;
  paintSolids(
    cones: Place,
    n: number,
    centres: Place,
    dist: Place,
    labels: Place,
    first: number,
    end: number,
    height: number,
    width: number,
  ): void;
  paintScaled(
    cones: Place,
    n: number,
    centres: Place,
    dist: Place,
    sz: number,
    sy: number,
    sx: number,
    labels: Place,
    first: number,
    end: number,
    height: number,
    width: number,
  ): void;
}

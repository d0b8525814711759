"""Training samples of the 3D model: patches of synthetic volumes, augmented, with StarDist targets.

A sample is (image (1, D, H, W) float32, prob (1, D, H/2, W/2) float32, at (K,) int64, dist (K, 64) float32), percentile-
normalised (1 to 99.8) as the whole volume would be. Targets are sampled at patch voxels [:, ::2, ::2]; `dist` holds the
ray lengths at K of these positions inside objects, whose flat numbers are `at`, since learning all of them costs more than the
rest. Volumes are made once, without noise, and kept in a bank; flips, turns, contrast, noise and normalisation are drawn
for every sample.
Sample i is a function of (seed, i) alone, so that a resumed run draws what it would have drawn.
"""
import os
from multiprocessing import Pool
from pathlib import Path

import numba
import numpy as np
from scipy.ndimage import distance_transform_edt, find_objects, gaussian_filter1d

import synthetic3d
from network3d import rays

KINDS = tuple(synthetic3d.CLASSES)
SHEETS = 1000  # seeds from here on are layers of cells
N_POINTS = 1200  # positions of a patch whose rays are learnt
STEP = 0.5  # voxels between the places at which a ray looks at the labels


def normalise(x, low=1.0, high=99.8):
    """Percentile normalisation, float32, no clipping."""
    lo, hi = np.percentile(x, (low, high))
    return ((x - lo) / max(hi - lo, 1e-20)).astype(np.float32)


def edt_prob(labels, a):
    """(z, y, x) uint8: 255 times the Euclidean distance to the object's border over its largest, per object; z steps count `a`."""
    out = np.zeros(labels.shape, np.uint8)
    for i, box in enumerate(find_objects(labels), 1):
        if box is None:
            continue
        grown = tuple(slice(max(0, s.start - 1), s.stop + 1) for s in box)
        mask = labels[grown] == i
        d = distance_transform_edt(mask, sampling=(a, 1, 1))
        out[grown][mask] = np.maximum(1, 255 * d[mask] / d.max())
    return out


def bank_item(task):
    folder, kind, seed = task
    path = Path(folder) / f"{kind}-{seed}.npz"
    if path.exists():
        return
    image, labels, a = synthetic3d.volume(seed, kind, "sheet" if seed >= SHEETS else None)
    new = path.with_suffix(f".{os.getpid()}.new.npz")
    np.savez(new, image=image.astype(np.float16), labels=labels, prob=edt_prob(labels.astype(np.int32), a), anisotropy=a)
    os.replace(new, path)


def make_bank(folder, count, sheets=0, processes=1):
    """`count` volumes of each class and `sheets` more with layers of cells of all but the first, one file each, kept from an earlier call."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    tasks = [(folder, kind, seed) for seed in range(count) for kind in KINDS]
    tasks += [(folder, kind, SHEETS + seed) for seed in range(sheets) for kind in KINDS[:0:-1]]
    if processes == 1:
        return [bank_item(t) for t in tasks]
    with Pool(processes) as pool:
        pool.map(bank_item, tasks, chunksize=4)


@numba.njit(cache=True)
def star_distances(labels, points, vectors, step):
    """(K, n) float32: from each voxel of `points` (K, 3) to where its object (or the patch) ends along each unit vector, voxels."""
    nz, ny, nx = labels.shape
    out = np.zeros((len(points), len(vectors)), np.float32)
    for i in range(len(points)):
        z, y, x = points[i]
        own = labels[z, y, x]
        for k in range(len(vectors)):
            d = step
            while True:
                zz = int(np.floor(z + d * vectors[k, 0] + 0.5))
                yy = int(np.floor(y + d * vectors[k, 1] + 0.5))
                xx = int(np.floor(x + d * vectors[k, 2] + 0.5))
                if zz < 0 or yy < 0 or xx < 0 or zz >= nz or yy >= ny or xx >= nx or labels[zz, yy, xx] != own:
                    break
                d += step
            out[i, k] = d - 0.5 * step
    return out


@numba.njit(cache=True)
def renormalise(prob, labels, most):
    """Scales prob so that the part of each object that lies in the patch has 1 somewhere; float32."""
    peak = np.zeros(most + 1, np.uint8)
    for z in range(labels.shape[0]):
        for y in range(labels.shape[1]):
            for x in range(labels.shape[2]):
                peak[labels[z, y, x]] = max(peak[labels[z, y, x]], prob[z, y, x])
    out = np.zeros(labels.shape, np.float32)
    for z in range(labels.shape[0]):
        for y in range(labels.shape[1]):
            for x in range(labels.shape[2]):
                if labels[z, y, x] > 0:
                    out[z, y, x] = prob[z, y, x] / peak[labels[z, y, x]]
    return out


class Camera:
    """Contrast, shot and read noise and black level, the same for a patch and for the voxels that its normalisation follows from."""

    def __init__(self, rng):
        u = rng.uniform
        self.gamma = u(0.75, 1.3) if u() < 0.3 else 1.0
        self.base = synthetic3d.log_uniform(rng, 0.003, 0.3)
        self.photons = synthetic3d.log_uniform(rng, 6, 600)
        self.read = u(0, 0.06) if u() < 0.6 else 0.0
        self.soft = u(0.4, 0.9) if u() < 0.2 else 0.0  # noise that is correlated between pixels, as after resampling
        self.black = u(-0.05, 0.12) if u() < 0.25 else None  # black level cut off

    def expose(self, rng, x):
        x = np.maximum(x, 0) ** self.gamma + self.base
        noisy = rng.poisson(x * self.photons).astype(np.float32) / self.photons
        if self.read:
            noisy += self.read * rng.standard_normal(x.shape, dtype=np.float32)
        if self.soft and x.ndim == 3:
            for axis in (1, 2):
                noisy = gaussian_filter1d(noisy, self.soft, axis, mode="nearest")
        noisy -= self.base
        return noisy if self.black is None else np.maximum(noisy, self.black)


def patch(rng, image, labels, prob, size):
    """A crop with its flips and turn: three arrays of the patch's size."""
    at = [rng.integers(0, n - p + 1) for n, p in zip(image.shape, size)]
    cut = tuple(slice(i, i + p) for i, p in zip(at, size))
    out = [np.asarray(v[cut]) for v in (image, labels, prob)]
    flips = tuple(s for s in (slice(None, None, rng.choice((-1, 1))) for _ in range(3)))
    turn = rng.uniform() < 0.5
    return [np.ascontiguousarray(v[flips].swapaxes(1, 2) if turn else v[flips]) for v in out]


class Patches3d:
    """Batches of samples: index -> (image, prob, at, dist), all of one class, so that they have one shape."""

    def __init__(self, bank, seed, batch, simulated=()):
        self.files = {kind: sorted(Path(bank).glob(f"{kind}-*[0-9].npz")) for kind in KINDS}
        self.simulated = list(simulated)
        self.seed, self.batch, self.vectors = seed, batch, rays()

    def __len__(self):
        return 10 ** 9

    def __getitem__(self, index):
        rng = np.random.default_rng([self.seed, index])
        kind = KINDS[int(rng.choice(3, p=(0.2, 0.35, 0.45)))]
        items = [self.sample(rng, kind) for _ in range(self.batch)]
        return tuple(np.stack(part) for part in zip(*items))

    def sample(self, rng, kind):
        size = synthetic3d.CLASSES[kind]["patch"]
        real = kind == "thin" and self.simulated and rng.uniform() < 0.3
        files = self.simulated if real else self.files[kind]
        with np.load(files[rng.integers(len(files))]) as saved:
            image, labels, prob = saved["image"], saved["labels"], saved["prob"]
        camera = Camera(rng)
        probe = image.reshape(-1)[rng.integers(0, image.size, 20000)].astype(np.float32)
        image, labels, prob = patch(rng, image, labels, prob, size)
        image = image.astype(np.float32)
        if not real:
            probe, image = camera.expose(rng, probe), camera.expose(rng, image)
        low, high = np.percentile(probe, (1, 99.8))
        image = (image - low) / max(high - low, 1e-6)
        mode = rng.uniform()
        if mode < 0.35:  # the volume holds brighter (or dimmer) things than this patch, or other percentiles
            image = image * np.exp(rng.uniform(-1.6, 0.4)) + rng.normal(0, 0.04)
        elif mode < 0.7:
            image = image * rng.uniform(0.75, 1.3) + rng.normal(0, 0.02)
        prob = renormalise(prob, labels, int(labels.max()))
        prob = prob[:, ::2, ::2].copy()
        inside = np.flatnonzero(prob)
        at = rng.choice(inside, N_POINTS) if len(inside) else np.zeros(N_POINTS, np.int64)
        points = np.column_stack(np.unravel_index(at, prob.shape)) * (1, 2, 2)
        dist = star_distances(labels, points, self.vectors, STEP) if len(inside) else np.zeros((N_POINTS, len(self.vectors)), np.float32)
        return image[None].astype(np.float32), prob[None], at, dist

"""Training samples: dsb2018 images and synthetic fields, augmented, with StarDist targets.

A sample is (image (1, P, P) float32, prob (1, P/2, P/2) float32, dist (32, P/2, P/2) float16).
Images are percentile-normalised (1 to 99.8) on the whole parent image before a patch is cut, so
background is about 0 and bright nuclei about 1. Lengths are pixels of the patch. Targets are
sampled at patch pixels [::2, ::2]: an output index times 2 is a patch coordinate.
Sample i is a function of (seed, i) alone, so that a resumed run draws what it would have drawn.
"""
import hashlib
import os
from multiprocessing import Pool
from pathlib import Path

import cv2
import numba
import numpy as np
from scipy.ndimage import find_objects

import synthetic

GRID, N_RAYS = 2, 32
P_SYNTHETIC = 0.35
P_GENTLE = 0.35  # share of the real samples near their own scale and contrast
P_EXACT = 0.7  # share of those that are cut out pixel by pixel
DIAMETERS = (8.0, 80.0)


def normalise(x, low=1.0, high=99.8):
    """Percentile normalisation, float32, no clipping."""
    lo, hi = np.percentile(x, (low, high))
    return ((x.astype(np.float32) - lo) / (hi - lo + 1e-20)).astype(np.float32)


def in_validation(name):
    """True for about a tenth of the file names (by hash, so the split never moves)."""
    return int(hashlib.sha1(name.encode()).hexdigest(), 16) % 10 == 0


def median_diameter(labels):
    area = np.bincount(labels.ravel())[1:]
    area = area[area > 0]
    return float(np.median(np.sqrt(4 * area / np.pi))) if len(area) else 0.0


def read_dsb(data, part):
    """[(name, raw image (H, W), labels (H, W) int32)] for part 'train', 'validation' or 'test'."""
    folder = Path(data) / "dsb2018" / ("test" if part == "test" else "train")
    out = []
    for path in sorted((folder / "images").glob("*.tif")):
        if part == "test" or in_validation(path.name) == (part == "validation"):
            x = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
            y = cv2.imread(str(folder / "masks" / path.name), cv2.IMREAD_UNCHANGED)
            out.append((path.name, x, y.astype(np.int32)))
    return out


def synthetic_bank(count, cache, size=384):
    """`count` clean fields, cached as two arrays (count, size, size) float16 and uint16."""
    files = [Path(cache) / f"bank-{count}-{size}-{k}.npy" for k in ("image", "label")]
    if not all(f.exists() for f in files):
        with Pool(2) as pool:
            fields = pool.map(synthetic.field, range(count), chunksize=8)
        np.save(files[0], np.stack([f[0] for f in fields]).astype(np.float16))
        np.save(files[1], np.stack([f[1] for f in fields]).astype(np.uint16))
    return [np.load(f, mmap_mode="r") for f in files]


def log_uniform(rng, lo, hi):
    return float(np.exp(rng.uniform(np.log(lo), np.log(hi))))


def smooth_field(rng, size, knots):
    """(size, size) float32 smooth random surface of about unit range, `knots` control points a side."""
    return cv2.resize(rng.uniform(-1, 1, (knots, knots)).astype(np.float32), (size, size), interpolation=cv2.INTER_CUBIC)


def warp(rng, image, labels, diameter, size, mild=False):
    """Random flip, rotation, scale (0.5 to 2.2), elastic bend and crop: (image, labels, diameter in the patch)."""
    scale = log_uniform(rng, 0.5, 2.2) if not mild and rng.uniform() < 0.6 else float(np.exp(rng.normal(0, 0.15)))
    if diameter > 0:
        scale = float(np.clip(scale, DIAMETERS[0] / diameter, DIAMETERS[1] / diameter))
    angle = rng.integers(0, 4) * np.pi / 2 if rng.uniform() < 0.4 else rng.uniform(0, 2 * np.pi)
    c, s = np.cos(angle) / scale, np.sin(angle) / scale
    flip = rng.choice((-1, 1))
    stretch = np.exp(rng.normal(0, 0.08)) if rng.uniform() < 0.3 else 1.0
    half = 0.5 * size * (abs(c) + abs(s))
    centre = [rng.uniform(min(half, n / 2), max(n - half, n / 2)) + rng.uniform(-0.1, 0.1) * n * (half > n / 2)
              for n in image.shape]
    g = np.arange(size, dtype=np.float32) - size / 2
    yy, xx = g[:, None] * stretch, g[None, :] / stretch * flip
    my, mx = (c * yy + s * xx + centre[0]).astype(np.float32), (-s * yy + c * xx + centre[1]).astype(np.float32)
    if rng.uniform() < 0.3:
        amount = 0.12 * max(diameter, 10.0)
        knots = int(rng.integers(4, 9))
        my, mx = my + amount * smooth_field(rng, size, knots), mx + amount * smooth_field(rng, size, knots)
    if scale < 0.8:
        image = cv2.GaussianBlur(image, (0, 0), 0.45 * np.sqrt(1 / scale ** 2 - 1))
    image = cv2.remap(image, mx, my, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
    labels = cv2.remap(labels, mx, my, cv2.INTER_NEAREST, borderMode=cv2.BORDER_REFLECT_101)
    return image, labels.astype(np.int32), diameter * scale


def cut(rng, image, labels, size):
    """Random crop, one of the eight flips and quarter turns, no pixel interpolated; mirrored where the image is smaller."""
    short = [max(size - n, 0) for n in image.shape]
    if any(short):
        pad = [(0, n) for n in short]
        image, labels = np.pad(image, pad, mode="reflect"), np.pad(labels, pad, mode="reflect")
    y, x = (int(rng.integers(n - size + 1)) for n in image.shape)
    turns, flip = int(rng.integers(4)), int(rng.choice((-1, 1)))
    image, labels = (np.rot90(a[y:y + size, x:x + size], turns)[:, ::flip] for a in (image, labels))
    return np.ascontiguousarray(image), np.ascontiguousarray(labels).astype(np.int32)


def object_brightness(rng, image, labels, diameter):
    """Multiply each object (and its own blur around it) by a random factor: dim ones next to bright ones."""
    spread = rng.uniform(0.1, 1.1)
    factor = rng.normal(0, spread, labels.max() + 1).astype(np.float32)
    if rng.uniform() < 0.4:
        bright = rng.uniform(size=len(factor)) < 0.08
        factor[bright] += rng.uniform(0.7, 1.6)
    factor = np.clip(factor, -2.8, 2.0)
    mask = (labels > 0).astype(np.float32)
    sigma = max(1.0, 0.08 * diameter)
    weight = cv2.GaussianBlur(mask, (0, 0), sigma)
    near = cv2.GaussianBlur(mask * factor[labels], (0, 0), sigma) / (weight + 1e-3)
    near = np.where(mask > 0, cv2.GaussianBlur(near, (0, 0), 0.7), near)
    return image * np.exp(near * np.clip(6 * weight, 0, 1))


def gentle(rng, image):
    """Small changes of contrast only."""
    image = np.sign(image) * np.abs(image) ** rng.uniform(0.85, 1.15)
    return (image * rng.uniform(0.85, 1.15) + rng.normal(0, 0.02)).astype(np.float32)


def degrade(rng, image, labels, diameter, is_synthetic):
    """Intensity augmentation of a normalised patch (H, W) float32."""
    size = image.shape[0]
    if labels.max() > 0 and rng.uniform() < 0.5:
        image = object_brightness(rng, image, labels, diameter)
    if rng.uniform() < 0.3:
        image = np.maximum(image, 0) ** rng.uniform(0.6, 1.6)
    if rng.uniform() < 0.25:
        image = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.3, 1.0) + rng.uniform(0, 0.04) * diameter)
    if rng.uniform() < 0.3:
        image = image * (1 + rng.uniform(0, 0.5) * smooth_field(rng, size, 3))
    if rng.uniform() < 0.4:
        image = image + log_uniform(rng, 0.02, 0.3) * smooth_field(rng, size, int(rng.integers(2, 4)))
    if is_synthetic or rng.uniform() < 0.6:
        image = add_noise(rng, image, labels, diameter, is_synthetic)
    mode = rng.uniform()
    if mode < 0.45:
        lo, hi = np.percentile(image, (rng.uniform(0.2, 3), rng.uniform(99.0, 99.95)))
        image = (image - lo) / max(hi - lo, 1e-3)
    elif mode < 0.75:
        image = image * rng.uniform(0.7, 1.35)
    else:  # the parent holds much brighter (or dimmer) nuclei than this patch
        image = image * np.exp(rng.uniform(-2.0, 0.6))
    if rng.uniform() < 0.5:
        image = image + rng.normal(0, 0.04)
    return image.astype(np.float32)


def add_noise(rng, image, labels, diameter, is_synthetic):
    """Shot, multiplicative and read noise, kept below the contrast of the dimmest objects."""
    size = image.shape[0]
    count = np.bincount(labels.ravel())
    level = np.bincount(labels.ravel(), image.ravel())[count > 0] / count[count > 0]
    floor = 0.7 * max(float(np.percentile(level[1:], 10) - level[0]), 0.01) if len(level) > 1 else 1.0
    if rng.uniform() < 0.4:
        photons = max(log_uniform(rng, 15, 800), 1 / floor ** 1.5)
        base = rng.uniform(0, 0.3)
        lo = float(image.min())
        image = rng.poisson(np.maximum(image - lo + base, 0) * photons).astype(np.float32) / photons + lo - base
    if rng.uniform() < 0.15:
        image = image * (1 + rng.uniform(0.03, 0.15) * rng.standard_normal((size, size), dtype=np.float32))
    if is_synthetic or rng.uniform() < 0.7:
        sigma = min(log_uniform(rng, 0.003, 0.15), floor)
        noise = rng.standard_normal((size, size), dtype=np.float32)
        if rng.uniform() < 0.4:  # grain: noise that a lens, a resampling or a codec has spread
            noise = cv2.GaussianBlur(noise, (0, 0), rng.uniform(0.4, max(0.6, min(2.2, diameter / 10))))
            noise /= noise.std() + 1e-6
        image = image + sigma * noise
    if rng.uniform() < 0.15 and (labels == 0).any():  # black level set too high: half the background is cut
        image = np.maximum(image, np.percentile(image[labels == 0], rng.uniform(10, 70)))
    return image


@numba.njit(cache=False)
def star_distances(labels, rays, grid):
    """(rays, H/grid, W/grid) float32: px from pixel [::grid, ::grid] to where its label ends, 0 on background.

    Unit steps along each ray until the rounded position has another label (or is outside), then
    back by half a pixel of the ray's longer axis.
    """
    h, w = labels.shape
    edge = np.full((h + 4, w + 4), -1, np.int32)
    edge[2:-2, 2:-2] = labels
    rows, cols = (h + grid - 1) // grid, (w + grid - 1) // grid
    out = np.zeros((rays, rows, cols), np.float32)
    for k in range(rays):
        dy, dx = np.float32(np.sin(2 * np.pi * k / rays)), np.float32(np.cos(2 * np.pi * k / rays))
        unit = np.float32(np.sqrt(dy * dy + dx * dx))
        back = 1 - np.float32(0.5) / max(abs(dy), abs(dx))
        for i in range(rows):
            for j in range(cols):
                value = labels[i * grid, j * grid]
                if value == 0:
                    continue
                y, x = np.float32(i * grid + 2.5), np.float32(j * grid + 2.5)
                n = 0
                while True:
                    y += dy
                    x += dx
                    n += 1
                    if edge[int(y), int(x)] != value:
                        break
                out[k, i, j] = (n - back) * unit
    return out


def edt_prob(labels):
    """(H, W) float32: Euclidean distance to the object's outside, 1 at the maximum of each object."""
    prob = np.zeros(labels.shape, np.float32)
    h, w = labels.shape
    for k, box in enumerate(find_objects(labels), 1):
        if box is None:
            continue
        box = (slice(max(box[0].start - 1, 0), min(box[0].stop + 1, h)), slice(max(box[1].start - 1, 0), min(box[1].stop + 1, w)))
        own = labels[box] == k
        d = cv2.distanceTransform(own.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
        prob[box][own] = np.minimum(d[own] / d.max(), 1)
    return prob


def targets(labels):
    """prob (1, P/2, P/2): EDT, 1 at its maximum of each object; dist (32, P/2, P/2): px to the object's edge.

    The maximum is taken over the sampled pixels: between them a small object would keep its peak to itself."""
    prob, own = edt_prob(labels)[::GRID, ::GRID], labels[::GRID, ::GRID]
    peak = np.zeros(labels.max() + 1, np.float32)
    np.maximum.at(peak, own, prob)
    prob = prob / np.maximum(peak, 1e-6)[own]
    return prob[None].astype(np.float32), star_distances(labels, N_RAYS, GRID).astype(np.float16)


class Patches:
    """Map-style dataset: item i is sample i of an endless, seeded stream."""

    def __init__(self, data, cache, size=256, seed=1, bank=1200, p_synthetic=P_SYNTHETIC, p_gentle=P_GENTLE):
        self.size, self.seed, self.p_synthetic, self.p_gentle = size, seed, p_synthetic, p_gentle
        self.real = [(normalise(x), y.astype(np.uint16), median_diameter(y)) for _, x, y in read_dsb(data, "train")]
        weight = np.sqrt([x.size for x, _, _ in self.real])  # larger images hold more to see
        self.weight = np.cumsum(weight / weight.sum())
        self.bank = synthetic_bank(bank, cache)
        self.bank_diameter = [median_diameter(y) for y in self.bank[1]]

    def __getitem__(self, index):
        os.environ.setdefault("OMP_NUM_THREADS", "1")
        cv2.setNumThreads(1)
        rng = np.random.default_rng([self.seed, int(index)])
        made = rng.uniform() < self.p_synthetic
        if made:
            k = int(rng.integers(len(self.bank_diameter)))
            image, labels, diameter = self.bank[0][k].astype(np.float32), self.bank[1][k], self.bank_diameter[k]
        else:
            k = min(int(np.searchsorted(self.weight, rng.uniform())), len(self.real) - 1)
            image, labels, diameter = self.real[k]
        mild = not made and rng.uniform() < self.p_gentle
        if mild and rng.uniform() < P_EXACT:
            image, labels = cut(rng, image, labels, self.size)
        else:
            image, labels, diameter = warp(rng, image, labels, diameter, self.size, mild)
        image = gentle(rng, image) if mild else degrade(rng, image, labels, max(diameter, 8.0), made)
        return (image[None], *targets(labels))

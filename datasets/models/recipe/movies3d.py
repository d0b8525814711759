"""Held-out 3D movies with truth masks, for `morula segment` and `morula score`: settings and seeds that training does not have.

  python movies3d.py --out <scratch>/held3d                        # volumes of synthetic3d.py, its own settings
  python movies3d.py --out <scratch>/held3d --vary <simulated.ome.zarr>   # a simulated movie seen through a worse microscope
  python movies3d.py --out <scratch>/valid3d --validation     # training's settings, seeds of their own: for thresholds

Writes <name>.tif (ImageJ hyperstack t, z, y, x) and <name>_GT/{TRA,SEG}; every object is a track of one frame, so that
DET and SEG mean something and TRA does not. What a side of the stack cuts to a sliver is not counted.
"""
import argparse
from pathlib import Path

import numpy as np
import tifffile
from scipy.ndimage import zoom

import synthetic3d
from data3d import Camera
from simulated3d import anisotropy, read_frame

# Sizes and anisotropies between and beyond the classes of training; `photons` is the light of a nucleus a voxel.
SETTINGS = {
    "steep": dict(size=(40, 176, 200), anisotropy=(1.5, 1.5), diameter=(20, 22), photons=12, read=0.05),
    "sheet": dict(size=(22, 200, 232), anisotropy=(4.6, 4.6), diameter=(14, 16), photons=25, read=0.03),
    "coarse": dict(size=(28, 168, 168), anisotropy=(2.4, 2.4), diameter=(9, 10), photons=20, read=0.04),
    "large": dict(size=(26, 256, 256), anisotropy=(3.4, 3.4), diameter=(34, 37), photons=15, read=0.05),
}
LAYOUT = {"steep": "crowd", "sheet": "sheet", "coarse": "crowd", "large": "crowd"}
FRAMES = 4


def counted(labels):
    """Objects that are truth: all but slivers, cut by a side of the stack to less than a fifth of the median object."""
    size = np.bincount(labels.ravel())
    ids = np.flatnonzero(size[1:]) + 1
    sides = [labels.take(i, axis).ravel() for axis in range(3) for i in (0, -1)]
    return ids[(size[ids] >= 0.2 * np.median(size[ids])) | ~np.isin(ids, np.concatenate(sides))]


def write(out, name, frames, truths, a):
    """Frames (t, z, y, x) as a grey stack of 16 bits, and the masks in challenge layout."""
    out.mkdir(parents=True, exist_ok=True)
    stack = np.clip(np.stack(frames) * 400 + 100, 0, 65535).astype(np.uint16)
    tifffile.imwrite(out / f"{name}.tif", stack[:, :, None], imagej=True, resolution=(2.0, 2.0),
                     metadata={"axes": "TZCYX", "spacing": 0.5 * a, "unit": "um", "finterval": 60})
    rows, first = [], 1
    for part in ("TRA", "SEG"):
        (out / f"{name}_GT" / part).mkdir(parents=True, exist_ok=True)
    for t, labels in enumerate(truths):
        ids = counted(labels)
        table = np.zeros(labels.max() + 1, np.uint16)
        table[ids] = np.arange(first, first + len(ids))
        rows += [f"{i} {t} {t} 0\n" for i in table[ids]]
        first += len(ids)
        for part, stem in (("TRA", "man_track"), ("SEG", "man_seg")):
            tifffile.imwrite(out / f"{name}_GT" / part / f"{stem}{t:03d}.tif", table[labels], compression="zlib")
    (out / f"{name}_GT" / "TRA" / "man_track.txt").write_text("".join(rows))
    print(name, stack.shape, first - 1, "objects")


def camera(rng, photons, read):
    c = Camera(rng)
    c.gamma, c.base, c.photons, c.read, c.soft, c.black = 1.0, 0.08, photons, read, 0.0, None
    return c


def made(out, name):
    spec, frames, truths = SETTINGS[name], [], []
    for t in range(FRAMES):
        seed = 770000 + 100 * list(SETTINGS).index(name) + t
        rng = np.random.default_rng([91, seed])
        light, labels, a = synthetic3d.volume(seed, spec, LAYOUT[name])
        frames.append(camera(rng, spec["photons"], spec["read"]).expose(rng, light))
        truths.append(labels)
    write(out, name, frames, truths, a)


def validation(out, kind):
    """One movie of a class of training, with its spread of settings, from other seeds."""
    frames, truths = [], []
    for seed in range(500000, 500006):
        rng = np.random.default_rng([93, seed])
        light, labels, a = synthetic3d.volume(seed, kind)
        frames.append(Camera(rng).expose(rng, light))
        truths.append(labels)
    write(out, kind, frames, truths, a)


def varied(out, movie, scale, photons, loss, every=6):
    """Every so many frames of a simulated movie at another pixel size, with light lost over depth and more noise."""
    name = movie.name.removesuffix(".ome.zarr")
    files, frames, truths = sorted((movie.parent / f"{name}_GT" / "TRA").glob("*.tif")), [], []
    for t in range(len(files) - 1, -1, -every)[::-1]:
        rng = np.random.default_rng([92, t])
        x, labels = (read_frame(movie, t) - 100.0) / 600, tifffile.imread(files[t])
        x = zoom(x, (1, scale, scale), order=1, grid_mode=True, mode="nearest")
        x = x * np.exp(-loss * np.linspace(0, 1, len(x)))[:, None, None]
        frames.append(camera(rng, photons, 0.02).expose(rng, x))
        truths.append(zoom(labels, (1, scale, scale), order=0, grid_mode=True, mode="nearest"))
    write(out, f"{name}-varied", frames, truths, anisotropy(movie) * scale)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--out", type=Path, required=True)
    p.add_argument("--vary", type=Path)
    p.add_argument("--validation", action="store_true")
    p.add_argument("--scale", type=float, default=1.5)
    p.add_argument("--photons", type=float, default=25)
    p.add_argument("--loss", type=float, default=1.2, help="light lost over the stack, in powers of e")
    a = p.parse_args()
    if a.vary:
        return varied(a.out, a.vary, a.scale, a.photons, a.loss)
    for kind in synthetic3d.CLASSES if a.validation else ():
        validation(a.out, kind)
    for name in () if a.validation else SETTINGS:
        made(a.out, name)


if __name__ == "__main__":
    main()

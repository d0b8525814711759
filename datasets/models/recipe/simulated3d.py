"""Turns movies of `morula simulate --preset 3d` into training volumes: one .npz a frame, as the bank of data3d.py.

  npx morula simulate <scratch>/sim/1.ome.zarr --preset 3d --seed 1 --cells 11
  python simulated3d.py --out <scratch>/sim3d --every 7 <scratch>/sim/*.ome.zarr
"""
import argparse
import json
from pathlib import Path

import cv2
import numcodecs
import numpy as np

from data3d import edt_prob


def read_frame(movie, t):
    """(z, y, x) uint16 of frame t: morula writes one chunk a frame, zstd and a check sum of 4 bytes."""
    shape = json.loads((movie / "0" / "zarr.json").read_text())["shape"][2:]
    raw = (movie / "0" / "c" / str(t) / "0" / "0" / "0" / "0").read_bytes()[:-4]
    return np.frombuffer(numcodecs.Zstd().decode(raw), "<u2").reshape(shape)


def anisotropy(movie):
    scales = json.loads((movie / "zarr.json").read_text())["attributes"]["ome"]["multiscales"][0]["datasets"][0]
    z, y, _ = scales["coordinateTransformations"][0]["scale"][-3:]
    return z / y


def main():
    p = argparse.ArgumentParser()
    p.add_argument("movies", nargs="+")
    p.add_argument("--out", required=True)
    p.add_argument("--every", type=int, default=7)
    a = p.parse_args()
    Path(a.out).mkdir(parents=True, exist_ok=True)
    for movie in map(Path, a.movies):
        name = movie.name.removesuffix(".ome.zarr")
        truth = sorted((movie.parent / f"{name}_GT" / "TRA").glob("man_track*.tif"))
        for t in range(len(truth) - 1, -1, -a.every):
            labels = np.stack(cv2.imreadmulti(str(truth[t]), flags=cv2.IMREAD_UNCHANGED)[1])
            image, z_step = read_frame(movie, t), anisotropy(movie)
            np.savez(Path(a.out) / f"{name}-{t}.npz", image=((image - 100.0) / 600).astype(np.float16), labels=labels,
                     prob=edt_prob(labels.astype(np.int32), z_step), anisotropy=z_step)


if __name__ == "__main__":
    main()

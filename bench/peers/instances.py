"""StarDist's own instances: python instances.py <model folder> <output folder> <image.tif> ...

For each image, normalised by its percentiles 1 and 99.8, the label image of `predict_instances` with its defaults as
`<n>.npy` (int32), n counting the images from 0.
"""

import json
import os
import sys
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
# Threads that wait for each other are slow on a busy machine.
for name in ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
    os.environ.setdefault(name, "1")

import numpy as np
from csbdeep.utils import normalize
from stardist.models import StarDist2D, StarDist3D
from tifffile import imread


def open_model(folder):
    """The model of a folder, 2D or 3D as its config says."""
    axes = json.loads((folder / "config.json").read_text())["axes"]
    kind = StarDist3D if "Z" in axes else StarDist2D
    return kind(None, name=folder.name, basedir=str(folder.parent))


def main(folder, out, images):
    model = open_model(folder.resolve())
    out.mkdir(parents=True, exist_ok=True)
    for n, path in enumerate(images):
        labels, _ = model.predict_instances(normalize(imread(path), 1, 99.8))
        np.save(out / f"{n}.npy", labels.astype(np.int32))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:])

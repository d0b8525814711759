"""Writes test/fixtures/zarr/published.json: what zarr-python reads in the published OME-Zarr images of the data folder.

Run in an environment with zarr 3.1.6:
    python test/read/publishedSamples.py <data folder>/fixtures/ome-zarr > test/fixtures/zarr/published.json

One entry an image of OME-Zarr 0.5 or older whose metadata parse: axes, and of its first level path, shape, dtype and
SHA-256 of the values in C order, little-endian (int64 as float64), above 16 MB of the last plane of the first axis
alone; shape null where the level is absent. Stores without such an image are left out.
"""
import hashlib
import json
import pathlib
import sys

import numpy as np
import zarr

root = pathlib.Path(sys.argv[1])


def attributes(folder):
    for name in ("zarr.json", ".zattrs"):
        try:
            found = json.loads((folder / name).read_text())
            found = found.get("attributes", {}) if name == "zarr.json" else found
            return found.get("ome", found)
        except (OSError, ValueError, UnicodeDecodeError):
            continue
    return {}


images = []
for folder in sorted({path.parent for name in ("zarr.json", ".zattrs") for path in root.rglob(name)}):
    multiscales = attributes(folder).get("multiscales") or []
    if not multiscales or str(attributes(folder).get("version", "")).startswith("0.6"):
        continue
    # Labels and levels inside of another image are not stores of their own.
    if "labels" in folder.relative_to(root).parts:
        continue
    level = multiscales[0]["datasets"][0]["path"]
    axes = " ".join(axis["name"].lower() for axis in multiscales[0]["axes"])
    entry = {"path": folder.relative_to(root).as_posix(), "axes": axes, "level": level}
    try:
        array = zarr.open_array(folder / level, mode="r")
        values = array[-1] if array.nbytes > 2**24 else array[...]
    except Exception:
        images.append({**entry, "shape": None})
        continue
    plain = np.ascontiguousarray(values, dtype="<f8" if values.dtype == np.int64 else values.dtype.newbyteorder("<"))
    digest = hashlib.sha256(plain.tobytes()).hexdigest()
    images.append({**entry, "shape": list(array.shape), "dtype": array.dtype.name, "sha256": digest})
print(json.dumps({"zarr": zarr.__version__, "images": images}, indent=1))

"""Reads a zarr array frame by frame with zarr-python, and writes it again.

    python zarrOnce.py read <array>
    python zarrOnce.py copy <array> <new array>

Prints the sum of every 61st pixel of each frame. The new array is zarr 3 with the chunks of the old one, zstd level 3.
"""

import sys

import zarr
from zarr.codecs import ZstdCodec


def main(what, source, target=None):
    """One of the two commands above; `begin` and `end` frame the work without the start of Python."""
    print("begin", flush=True)
    array = zarr.open_array(source, mode="r")
    copy = None
    if what == "copy":
        copy = zarr.create_array(
            target, shape=array.shape, chunks=array.chunks, dtype=array.dtype, compressors=ZstdCodec(level=3)
        )
    total = 0
    for t in range(array.shape[0]):
        frame = array[t]
        total += int(frame.ravel()[::61].sum(dtype="uint64"))
        if copy is not None:
            copy[t] = frame
    print("end", flush=True)
    print(f"sum {total}")


if __name__ == "__main__":
    main(*sys.argv[1:])

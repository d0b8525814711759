"""Writes test/fixtures/zarr/python.json: small arrays as zarr-python stores them, with their values.

Run in an environment with zarr 3.1.6, numcodecs 0.16.6 and numpy 2.4.6:
    python test/codec/zarrSamples.py test/fixtures/zarr/python.json
"""

import base64
import hashlib
import json
import pathlib
import sys
import tempfile
import warnings

import numcodecs
import numpy as np
import zarr
from zarr.codecs import BloscCodec, BytesCodec, Crc32cCodec, GzipCodec, ShardingCodec, TransposeCodec, ZstdCodec

warnings.simplefilter("ignore")
SHAPE, CHUNKS = (5, 4, 3), (2, 3, 2)
INDEX = np.arange(60).reshape(SHAPE)
WIDE = (np.arange(40 * 50) ** 2 % 97).reshape(40, 50)
cases = []


def values(dtype):
    return INDEX % 2 == 0 if np.dtype(dtype) == bool else (INDEX * 3 % 120).astype(dtype)


def keep(name, folder, expected):
    root = pathlib.Path(folder)
    documents, chunks = {}, {}
    for path in sorted(p for p in root.rglob("*") if p.is_file()):
        key = str(path.relative_to(root))
        if path.name in ("zarr.json", ".zarray", ".zattrs"):
            documents[key] = json.loads(path.read_text())
        else:
            chunks[key] = base64.b64encode(path.read_bytes()).decode()
    flat = np.asarray(expected).ravel()
    found = [v if isinstance(v, str) else None if v != v else float(v) for v in flat]
    if len(found) > 100:
        found = hashlib.sha256(",".join(str(int(v)) for v in found).encode()).hexdigest()
    cases.append({"name": name, "documents": documents, "chunks": chunks, "values": found})


def store(name, data, **options):
    with tempfile.TemporaryDirectory() as folder:
        array = zarr.create_array(folder, shape=data.shape, dtype=data.dtype, **options)
        array[...] = data
        keep(name, folder, data)


def shard(name, data, codecs, location):
    with tempfile.TemporaryDirectory() as folder:
        codec = ShardingCodec(chunk_shape=CHUNKS, codecs=[BytesCodec(), *codecs], index_location=location)
        array = zarr.create(shape=data.shape, chunks=(4, 6, 4), dtype=data.dtype, store=folder, codecs=[codec])
        array[:3] = data[:3]
        keep(name, folder, array[...])


for dtype in ["bool", "i1", "u1", "<i2", ">u2", ">i4", "<u4", "<i8", ">u8", ">f4", "<f8"]:
    store(f"v2 {dtype} zlib order F", values(dtype), chunks=CHUNKS, zarr_format=2, order="F",
          compressors=numcodecs.Zlib(1), fill_value=0)
for dtype in ["bool", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f4", "f8"]:
    store(f"v3 {dtype} zstd", values(dtype), chunks=CHUNKS, compressors=ZstdCodec(level=3))
for cname in ["zstd", "lz4", "lz4hc", "zlib", "blosclz"]:
    for shuffle in range(3):
        store(f"v2 u2 blosc {cname} shuffle {shuffle}", WIDE.astype("u2"), chunks=(40, 50), zarr_format=2,
              compressors=numcodecs.Blosc(cname, 5, shuffle, 1024))
for name, compressor in {
    "gzip": numcodecs.GZip(1), "zstd": numcodecs.Zstd(3), "zstd checksum": numcodecs.Zstd(3, checksum=True),
    "lz4": numcodecs.LZ4(), "none": None,
}.items():
    store(f"v2 i4 {name}", WIDE.astype("i4")[:8], chunks=(5, 50), zarr_format=2, compressors=compressor)
for name, codec in {"delta": numcodecs.Delta("<i4"), "shuffle": numcodecs.Shuffle(4)}.items():
    store(f"v2 i4 filter {name}", values("i4"), chunks=CHUNKS, zarr_format=2, filters=[codec],
          compressors=numcodecs.Zlib(1))
store("v2 u2 separator", values("u2"), chunks=CHUNKS, zarr_format=2, compressors=None,
      chunk_key_encoding={"name": "v2", "separator": "/"})
for name, codecs in {
    "gzip": [GzipCodec()], "zstd crc32c": [ZstdCodec(checksum=True), Crc32cCodec()],
    "crc32c gzip": [Crc32cCodec(), GzipCodec()], "blosc": [BloscCodec(cname="zstd", shuffle="bitshuffle")],
}.items():
    store(f"v3 u2 {name}", values("u2"), chunks=CHUNKS, compressors=codecs)
    for location in ["start", "end"]:
        shard(f"v3 u2 {name} shard, index at {location}", values("u2"), codecs, location)
store("v3 f4 transpose, big-endian", values("f4"), chunks=CHUNKS, filters=[TransposeCodec(order=(1, 2, 0))],
      serializer=BytesCodec(endian="big"), compressors=None)
for zarr_format in (2, 3):
    store(f"v{zarr_format} strings", np.array(["a", "bé", "", "long " * 9, "日本"], dtype=np.dtypes.StringDType()),
          chunks=(2,), zarr_format=zarr_format)
with tempfile.TemporaryDirectory() as folder:
    array = zarr.create_array(folder, shape=(4, 4), chunks=(2, 2), dtype="f4", fill_value=np.nan)
    array[:2, :2] = 1
    keep("v3 f4 fill NaN, chunks missing", folder, array[...])

versions = f"zarr {zarr.__version__}, numcodecs {numcodecs.__version__}, numpy {np.__version__}"
text = ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases)
pathlib.Path(sys.argv[1]).write_text(f'{{"made with": "{versions}", "cases": [\n{text}\n]}}\n')

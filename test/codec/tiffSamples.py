"""Makes tiffSamples.ts: small files written by another program, for the reader's tests.

tifffile 2026.3.3, imagecodecs 2026.3.6, numpy 2.4.6: python tiffSamples.py > tiffSamples.ts
Values (but for lzwWidths): i = index in C order, v = i * 37 % 251; unsigned v (times 257 over 8 bits), signed v - 128, float v / 4 - 20.
"""
import base64
import io

import numpy as np
import tifffile


def image(dtype, shape=(5, 7)):
    v = (np.arange(int(np.prod(shape))) * 37 % 251).reshape(shape)
    kind, size = np.dtype(dtype).kind, np.dtype(dtype).itemsize
    if kind == "f":
        return (v / 4 - 20).astype(dtype)
    if kind == "i":
        return (v - 128).astype(dtype)
    return (v * (257 if size > 1 else 1)).astype(dtype)


samples = {}


def add(name, data, **options):
    out = io.BytesIO()
    tifffile.imwrite(out, data, **({"software": False, "metadata": None, "photometric": "minisblack"} | options))
    samples[name] = base64.b64encode(out.getvalue()).decode()


for dtype in ["u1", "i1", "u2", "i2", "u4", "i4", "f4", "f8"]:
    add("plain_" + dtype, image(dtype))
add("bigEndian_u2", image("u2"), byteorder=">")
add("bigEndian_f4", image("f4"), byteorder=">")
add("bigTiff_u2", image("u2", (3, 5, 7)), bigtiff=True)
add("bigTiffBigEndian_u2", image("u2"), bigtiff=True, byteorder=">")
add("lzw_u2", image("u2"), compression="lzw")
add("lzwPredictor_u2", image("u2"), compression="lzw", predictor=2)
add("deflate_u2", image("u2"), compression="deflate", rowsperstrip=2)
add("deflatePredictor_u1", image("u1"), compression="zlib", predictor=2)
add("deflatePredictor_u2", image("u2"), compression="zlib", predictor=2)
add("deflatePredictor_u4", image("u4"), compression="zlib", predictor=2)
add("deflatePredictorBigEndian_u2", image("u2"), compression="zlib", predictor=2, byteorder=">")
add("zstd_u2", image("u2"), compression="zstd")
add("packbits_u1", np.repeat(image("u1"), 9, axis=1), compression="packbits")
add("floatPredictor_f4", image("f4"), compression="zlib", predictor=3)
add("floatPredictor_f8", image("f8"), compression="zlib", predictor=3)
add("floatPredictorBigEndian_f4", image("f4"), compression="zlib", predictor=3, byteorder=">")
add("tiled_u1", image("u1", (20, 35)), tile=(16, 16))
add("tiledLzwPredictor_u2", image("u2", (20, 35)), tile=(16, 16), compression="lzw", predictor=2)
add("rgb_u1", image("u1", (5, 7, 3)), photometric="rgb")
add("rgbPlanar_u1", image("u1", (3, 5, 7)), photometric="rgb", planarconfig="separate")
add("rgbTiledPredictor_u2", image("u2", (5, 7, 3)), photometric="rgb", tile=(16, 16), compression="zlib", predictor=2)
i = np.arange(128 * 160, dtype="u8")
noise = (i * i * 2654435761 >> np.uint64(13) & np.uint64(7)).astype("u1").reshape(128, 160)
add("lzwWidths_u1", noise, compression="lzw", rowsperstrip=128)
imagej = {"axes": "TZCYX", "spacing": 2.5, "finterval": 30.0, "unit": "um"}
add("imagej_u2", image("u2", (2, 3, 2, 5, 7)), imagej=True, metadata=imagej, resolution=(4.0, 2.0))
add("imagejSingleIfd_u2", image("u2", (4, 5, 7)), imagej=True, metadata={"axes": "TYX", "truncate": True})
add("shapedSingleIfd_u2", image("u2", (4, 5, 7)), metadata={"truncate": True})
add("shaped_u2", image("u2", (4, 5, 7)), metadata={"axes": "TYX"})
out = io.BytesIO()
with tifffile.TiffWriter(out) as tiff:
    plain = {"software": False, "metadata": None, "photometric": "minisblack"}
    for page in image("u2", (2, 5, 7)):
        tiff.write(page, **plain)
        tiff.write(page[::2, ::2].astype("u1"), compression="jpeg", subfiletype=1, **plain)
samples["thumbnails_u2"] = base64.b64encode(out.getvalue()).decode()
ome = {"axes": "TZCYX", "PhysicalSizeX": 0.5, "PhysicalSizeY": 0.25, "PhysicalSizeZ": 2000.0, "PhysicalSizeZUnit": "nm"}
ome |= {"TimeIncrement": 2.0, "TimeIncrementUnit": "min", "Channel": {"Name": ["nuclei", "membrane"]}}
add("ome_u2", image("u2", (2, 3, 2, 5, 7)), ome=True, metadata=ome)

print("/** TIFF files made by tiffSamples.py (tifffile 2026.3.3), base64. The script says which values they hold. */")
print("export const SAMPLES = {")
for name, text in samples.items():
    print(f"  {name}: '{text}',")
print("} as const;")

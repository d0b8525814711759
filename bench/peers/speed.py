"""StarDist in Python as a user runs it on a movie, and a network of the usual size to run.

    python speed.py widen <small Keras folder> <new Keras folder>
    python speed.py segment <Keras folder> <folder of TIFFs> <folder for label TIFFs>

`widen` puts the weights of a small trained network (grid 2, U-Net of depth 2) into one of the size of `2D_versatile_fluo`
(base 32, depth 3, 128 filters before the heads), whose further channels hold zeros: its outputs are the small network's,
its cost is the large one's, as zeros are multiplied like any other weight.
"""

import os
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np


def convolutions(model):
    """The convolutions of a StarDist 2D network by what they do."""
    layers = [layer for layer in model.keras_model.layers if layer.__class__.__name__ == "Conv2D"]
    named = {layer.name: layer for layer in layers}
    before = [layer for layer in layers if layer.name.startswith("conv2d")]
    return {**named, **{f"before_{i}": layer for i, layer in enumerate(before)}}


def place(layer, kernel, bias, into=0):
    """Sets a layer to a smaller kernel whose input channels begin at `into`; `into` may list a place for each part."""
    weights = [np.zeros_like(w) for w in layer.get_weights()]
    parts = into if isinstance(into, list) else [(0, kernel.shape[2], into)]
    for first, end, at in parts:
        weights[0][:, :, at : at + end - first, : kernel.shape[3]] = kernel[:, :, first:end]
    weights[1][: len(bias)] = bias
    layer.set_weights(weights)


def passed(layer, count, start=0):
    """Sets a layer to hand on `count` channels from `start` on; they are not negative."""
    size = layer.get_weights()[0].shape[:2]
    kernel = np.zeros((*size, count, count), np.float32)
    kernel[size[0] // 2, size[1] // 2] = np.eye(count)
    place(layer, kernel, np.zeros(count, np.float32), start)


def widen(source, target):
    """Writes the wide network beside its thresholds."""
    from stardist.models import Config2D, StarDist2D

    small = StarDist2D(None, name=source.name, basedir=str(source.parent))
    config = Config2D(
        n_rays=small.config.n_rays,
        grid=(2, 2),
        n_channel_in=1,
        unet_n_depth=3,
        unet_n_filter_base=32,
        net_conv_after_unet=128,
    )
    large = StarDist2D(config, name=target.name, basedir=str(target.parent))
    old, new = convolutions(small), convolutions(large)
    base, wide = small.config.unet_n_filter_base, 32
    given = {name: layer.get_weights() for name, layer in old.items()}
    for layer in new.values():
        layer.set_weights([np.zeros_like(w) for w in layer.get_weights()])
    for name in ["before_0", "before_1", *(f"down_level_{n}_no_{i}" for n in (0, 1) for i in (0, 1))]:
        place(new[name], *given[name])
    # The small network's middle becomes a level of the large one; what lies below it stays silent.
    middle, last = given["middle_0"], given["middle_2"]
    place(new["down_level_2_no_0"], *middle)
    passed(new["down_level_2_no_1"], middle[0].shape[3])
    passed(new["up_level_2_no_0"], middle[0].shape[3], wide * 4)
    place(new["up_level_2_no_2"], *last)
    for n in (1, 0):
        kernel, bias = given[f"up_level_{n}_no_0"]
        skip, up = base * 2**n, wide * 2**n
        parts = [(0, kernel.shape[2] - skip, 0), (kernel.shape[2] - skip, kernel.shape[2], up)]
        place(new[f"up_level_{n}_no_0"], kernel, bias, parts)
        place(new[f"up_level_{n}_no_2"], *given[f"up_level_{n}_no_2"])
    for name in ("features", "prob", "dist"):
        place(new[name], *given[name])
    picture = np.random.default_rng(1).random((1, 128, 128, 1), np.float32)
    for a, b in zip(small.keras_model.predict(picture, verbose=0), large.keras_model.predict(picture, verbose=0)):
        assert np.abs(a - b).max() < 1e-4, "the wide network must give what the small one gives"
    large.keras_model.save_weights(str(target / "weights_best.h5"))
    (target / "thresholds.json").write_text((source / "thresholds.json").read_text())


def segment(model, frames, out):
    """What a user writes: read a frame, normalise, predict, write."""
    from csbdeep.utils import normalize
    from stardist.models import StarDist2D
    from tifffile import imread, imwrite

    network = StarDist2D(None, name=model.name, basedir=str(model.parent))
    out.mkdir(parents=True)
    count = 0
    for path in sorted(frames.glob("*.tif")):
        labels, _ = network.predict_instances(normalize(imread(path), 1, 99.8))
        imwrite(out / path.name, labels.astype(np.uint16))
        count += int(labels.max())
    print(f"objects {count}")


def main(what, *paths):
    """Runs one of the commands above."""
    {"widen": widen, "segment": segment}[what](*(Path(path).resolve() for path in paths))


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Static int8 of a network: unsigned activations, signed weights with one scale a channel, the heads left in float.

  python quantise.py --model ../nuclei-2d/model.onnx --data ../../../../shared/data --out ../../../../scratch/int8

`nuclei-2d-fast` is made with `--images 8 --narrow --out ../nuclei-2d-fast`, then `evaluate.py --quick --write` measures it.

Ranges of the activations come from training images, the largest values seen by default;
--percentile p takes the p-th percentile of them. Writes <out>/model.onnx and a model.json without a digest: measure it
with `npm run bench -- ap --model <out>` and `npm run bench -- segment --model <out>`.
"""
import argparse
import json
import tempfile
from pathlib import Path

import numpy as np
import onnx
from onnxruntime.quantization import (CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType,
                                      quantize_static)
from onnxruntime.quantization.shape_inference import quant_pre_process

from data import normalise, read_dsb

STEP = 16  # input sizes are multiples of this


class Images(CalibrationDataReader):
    """Normalised training images, one at a time, cut to multiples of STEP."""

    def __init__(self, data, count, name):
        images = [x for _, x, _ in read_dsb(data, "train")]
        chosen = np.random.default_rng(1).choice(len(images), min(count, len(images)), replace=False)
        self.left = [images[i] for i in chosen]
        self.name = name

    def get_next(self):
        while self.left:
            z = normalise(self.left.pop())[:512, :512]
            h, w = (n - n % STEP for n in z.shape)
            if h and w:
                return {self.name: np.ascontiguousarray(z[None, None, :h, :w], np.float32)}
        return None


def heads(model):
    """Names of the nodes that make an output out of the last common value: they stay in float."""
    maker = {o: n for n in model.graph.node for o in n.output}
    left = []
    for output in model.graph.output:
        node = maker[output.name]
        left.append(node.name)
        while node.op_type in ("Sigmoid", "Relu"):
            node = maker[node.input[0]]
            left.append(node.name)
    return left


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--images", type=int, default=24)
    parser.add_argument("--percentile", type=float)
    parser.add_argument("--narrow", action="store_true", help="weights of 7 bits: no product saturates, on any processor")
    parser.add_argument("--format", choices=["QDQ", "QOperator"], default="QOperator")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        prepared = Path(folder) / "prepared.onnx"
        quant_pre_process(args.model, prepared, skip_symbolic_shape=True)
        model = onnx.load(prepared)
        method = CalibrationMethod.MinMax if args.percentile is None else CalibrationMethod.Percentile
        extra = {} if args.percentile is None else {"CalibPercentile": args.percentile}
        quantize_static(
            prepared, args.out / "model.onnx",
            Images(args.data, args.images, model.graph.input[0].name),
            quant_format=QuantFormat[args.format], activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8, per_channel=True, reduce_range=args.narrow, calibrate_method=method,
            nodes_to_exclude=heads(model), extra_options=extra)
    manifest = json.loads((args.model.parent / "model.json").read_text())
    manifest.pop("sha256", None)
    manifest.pop("heldOut", None)
    manifest["name"] = args.out.name
    (args.out / "model.json").write_text(json.dumps(manifest, indent=2))


if __name__ == "__main__":
    main()

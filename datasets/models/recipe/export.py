"""Export the averaged weights of a check-point to model.onnx and check it against PyTorch.

  python export.py --checkpoint <scratch>/run/last.pt --out ../nuclei-2d/model.onnx
"""
import argparse
import collections

import numpy as np
import onnx
import onnxruntime as ort
import torch

from network import Deployed, StarNet, cost


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--checkpoint", required=True)
    p.add_argument("--out", required=True)
    a = p.parse_args()
    saved = torch.load(a.checkpoint, weights_only=True, map_location="cpu")
    net = StarNet()
    net.load_state_dict(saved["ema"])
    net.eval()
    model = Deployed(net).eval()
    dynamic = {0: "n", 2: "h", 3: "w"}
    torch.onnx.export(model, torch.zeros(1, 1, 64, 96), a.out, opset_version=17, dynamo=False,
                      input_names=["image"], output_names=["prob", "dist"],
                      dynamic_axes={"image": dynamic, "prob": {0: "n", 2: "h2", 3: "w2"}, "dist": {0: "n", 2: "h2", 3: "w2"}})
    graph = onnx.load(a.out)
    onnx.checker.check_model(graph)
    ops = collections.Counter(n.op_type for n in graph.graph.node)
    assert "BatchNormalization" not in ops, ops
    x = torch.rand(2, 1, 160, 112)
    with torch.no_grad():
        logit, dist = net(x)
        want = torch.sigmoid(logit).numpy(), dist.numpy()
    got = ort.InferenceSession(a.out, providers=["CPUExecutionProvider"]).run(["prob", "dist"], {"image": x.numpy()})
    worst = [float(np.abs(w - g).max()) for w, g in zip(want, got)]
    parameters, macs = cost(net)
    print(f"step {saved['step']}, {parameters} parameters, {macs:.0f} MAC per input pixel, ops {dict(ops)}, "
          f"largest difference prob {worst[0]:.1e} dist {worst[1]:.1e} px")
    assert worst[0] < 1e-3 and worst[1] < 2e-2


if __name__ == "__main__":
    main()

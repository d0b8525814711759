"""Export the averaged weights of a check-point to model.onnx and check it against PyTorch.

  python export.py --checkpoint <scratch>/run/last.pt --out ../nuclei-2d/model.onnx [--before <check-point> --share 0.7]

--before  mixes in the weights that fine tuning began with: share * tuned + (1 - share) * before. What was learnt of other images
          is kept (Wortsman et al. 2022, Robust fine-tuning of zero-shot models, doi 10.1109/CVPR52688.2022.00780).
"""
import argparse
import collections

import numpy as np
import onnx
import onnxruntime as ort
import torch

from network import Deployed, StarNet, cost


def mixed(tuned, before, share):
    """State of share * tuned + (1 - share) * before. Residual blocks that `before` lacks were the identity there."""
    out = {}
    for name, value in tuned.items():
        other = before.get(name)
        if other is None:
            other = torch.zeros_like(value) if ".second.1." in name and name.endswith(("weight", "bias")) else value
        out[name] = share * value + (1 - share) * other if value.dtype.is_floating_point else value
    return out


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--checkpoint", required=True)
    p.add_argument("--out", required=True)
    p.add_argument("--before")
    p.add_argument("--share", type=float, default=0.7)
    a = p.parse_args()
    saved = torch.load(a.checkpoint, weights_only=True, map_location="cpu")
    net = StarNet()
    state = saved["ema"]
    if a.before:
        state = mixed(state, torch.load(a.before, weights_only=True, map_location="cpu")["ema"], a.share)
    net.load_state_dict(state)
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

"""Export the averaged weights of a 3D check-point to model.onnx, check it against PyTorch, and measure its reach.

  python export3d.py --checkpoint <scratch>/run3d/last.pt --out ../nuclei-3d/model.onnx
"""
import argparse
import collections

import numpy as np
import onnx
import onnxruntime as ort
import torch

from network3d import Deployed3d, StarNet3d, cost


def reach(net, centre=(32, 96, 96)):
    """Voxels (z, y, x) to each side of an output position that can change it: where its gradient is not 0."""
    x = torch.rand(1, 1, *(2 * c for c in centre), requires_grad=True)
    net(x)[0][0, 0, centre[0], centre[1] // 2, centre[2] // 2].backward()
    seen = np.argwhere(x.grad[0, 0].abs().numpy() > 0)
    return np.maximum(np.abs(seen.min(0) - centre), np.abs(seen.max(0) - centre)).tolist()


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--checkpoint", required=True)
    p.add_argument("--out", required=True)
    p.add_argument("--stretch", type=float, default=1.0, help="factor on the ray lengths, chosen on validation volumes")
    a = p.parse_args()
    saved = torch.load(a.checkpoint, weights_only=True, map_location="cpu")
    net = StarNet3d()
    net.load_state_dict(saved["ema"])
    net.dist_scale *= a.stretch
    net.eval()
    model = Deployed3d(net).eval()
    dynamic = {0: "n", 2: "d", 3: "h", 4: "w"}
    half = {0: "n", 2: "d", 3: "h2", 4: "w2"}
    torch.onnx.export(model, torch.zeros(1, 1, 8, 32, 48), a.out, opset_version=17, dynamo=False,
                      input_names=["image"], output_names=["prob", "dist"],
                      dynamic_axes={"image": dynamic, "prob": half, "dist": half})
    graph = onnx.load(a.out)
    onnx.checker.check_model(graph)
    ops = collections.Counter(n.op_type for n in graph.graph.node)
    assert "BatchNormalization" not in ops, ops
    x = torch.rand(1, 1, 20, 80, 48)
    with torch.no_grad():
        logit, dist = net(x)
        want = torch.sigmoid(logit).numpy(), dist.numpy()
    got = ort.InferenceSession(a.out, providers=["CPUExecutionProvider"]).run(["prob", "dist"], {"image": x.numpy()})
    worst = [float(np.abs(w - g).max()) for w, g in zip(want, got)]
    parameters, macs = cost(net)
    print(f"step {saved['step']}, {parameters} parameters, {macs:.0f} MAC per input voxel, reach {reach(net)}, ops {dict(ops)}, "
          f"largest difference prob {worst[0]:.1e} dist {worst[1]:.1e} voxels")
    assert worst[0] < 1e-3 and worst[1] < 2e-2


if __name__ == "__main__":
    main()

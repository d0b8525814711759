"""Export the averaged weights of a 3D check-point to model.onnx, check it against PyTorch, and measure its reach.

  python export3d.py --checkpoint <scratch>/run3d/last.pt --out ../nuclei-3d/model.onnx
"""
import argparse

import numpy as np
import torch

from deploy import cost, export
from network3d import StarNet3d


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
    found = export(net, a.out, ("d", "h", "w"), (1, 1, 8, 32, 48), (1, 1, 20, 80, 48))
    parameters, macs = cost(net, (16, 64, 64))
    print(f"step {saved['step']}, {parameters} parameters, {macs:.0f} MAC per input voxel, reach {reach(net)}, {found}")


if __name__ == "__main__":
    main()

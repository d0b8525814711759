"""Export the averaged weights of a check-point to model.onnx and check it against PyTorch.

  python export.py --checkpoint <scratch>/run/last.pt --out ../nuclei-2d/model.onnx [--before <check-point> --share 0.7 ...]

--before  mixes in the weights that fine tuning began with: share * tuned + (1 - share) * before. What was learnt of other images
          is kept (Wortsman et al. 2022, Robust fine-tuning of zero-shot models, doi 10.1109/CVPR52688.2022.00780). Given again with
          its own --share, it names what was mixed into those in turn.
"""
import argparse

import torch

from deploy import cost, export
from network import StarNet


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
    p.add_argument("--before", action="append", default=[])
    p.add_argument("--share", type=float, action="append", default=[])
    a = p.parse_args()
    saved = torch.load(a.checkpoint, weights_only=True, map_location="cpu")
    net = StarNet()
    if len(a.before) != len(a.share):
        p.error("each --before needs its --share")
    states = [saved["ema"]] + [torch.load(path, weights_only=True, map_location="cpu")["ema"] for path in a.before]
    state = states.pop()
    for share in reversed(a.share):
        state = mixed(states.pop(), state, share)
    net.load_state_dict(state)
    found = export(net, a.out, ("h", "w"), (1, 1, 64, 96), (2, 1, 160, 112))
    parameters, macs = cost(net, (256, 256))
    print(f"step {saved['step']}, {parameters} parameters, {macs:.0f} MAC per input pixel, {found}")


if __name__ == "__main__":
    main()

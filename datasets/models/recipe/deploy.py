"""What the exporters of both networks share: folding, the deployed form, its cost, and model.onnx checked against PyTorch."""
import collections
import copy

import numpy as np
import onnx
import onnxruntime as ort
import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

CONVOLUTIONS = (nn.Conv2d, nn.Conv3d)


def fold(net):
    """A copy in eval mode with BatchNorm merged into the convolutions and the dist scale into its head."""
    net = copy.deepcopy(net).float().eval()
    for m in list(net.modules()):
        if isinstance(m, nn.Sequential) and len(m) == 3 and isinstance(m[1], (nn.BatchNorm2d, nn.BatchNorm3d)):
            m[0], m[1] = fuse_conv_bn_eval(m[0], m[1]), nn.Identity()
    head = net.dist if isinstance(net.dist, CONVOLUTIONS) else net.dist[-1]
    with torch.no_grad():
        head.weight.mul_(net.dist_scale)
        head.bias.mul_(net.dist_scale)
    net.dist_scale = 1.0
    return net


class Deployed(nn.Module):
    """Folded network with the sigmoid on prob: what model.onnx holds."""

    def __init__(self, net):
        super().__init__()
        self.net = fold(net)

    def forward(self, x):
        logit, dist = self.net(x)
        return torch.sigmoid(logit), dist


def cost(net, size):
    """(parameters of the folded net, multiply-accumulates per pixel or voxel of an input of `size`)."""
    net = fold(net)
    macs = []
    hooks = [m.register_forward_hook(lambda m, _, y: macs.append(m.weight[0].numel() * y.numel()))
             for m in net.modules() if isinstance(m, CONVOLUTIONS)]
    with torch.no_grad():
        net(torch.zeros(1, 1, *size))
    for h in hooks:
        h.remove()
    return sum(p.numel() for p in net.parameters()), sum(macs) / np.prod(size)


def export(net, path, axes, traced, tried):
    """Write model.onnx (opset 17, all of `axes` dynamic) and compare it with PyTorch on noise.

    axes: names of the spatial axes; y and x of the outputs are halved. traced, tried: input shapes (N, 1, ...).
    Returns what was found, for printing."""
    net.eval()
    full = {0: "n", **{i + 2: name for i, name in enumerate(axes)}}
    half = {i: name + "2" if name in ("h", "w") else name for i, name in full.items()}
    torch.onnx.export(Deployed(net).eval(), torch.zeros(*traced), path, opset_version=17, dynamo=False,
                      input_names=["image"], output_names=["prob", "dist"],
                      dynamic_axes={"image": full, "prob": half, "dist": half})
    graph = onnx.load(path)
    onnx.checker.check_model(graph)
    ops = collections.Counter(n.op_type for n in graph.graph.node)
    assert "BatchNormalization" not in ops, ops
    x = torch.rand(*tried)
    with torch.no_grad():
        logit, dist = net(x)
    want = torch.sigmoid(logit).numpy(), dist.numpy()
    got = ort.InferenceSession(path, providers=["CPUExecutionProvider"]).run(["prob", "dist"], {"image": x.numpy()})
    prob, rays = (float(np.abs(w - g).max()) for w, g in zip(want, got))
    assert prob < 1e-3 and rays < 2e-2, (prob, rays)
    return f"ops {dict(ops)}, largest difference prob {prob:.1e} dist {rays:.1e} px"

"""Lean 2D StarDist network.

Nothing but the 5x5 stem reads the full-resolution image: the stem has stride 2, so the heaviest
level runs at half resolution, which is also the output grid (2, 2). Skips are added, not
concatenated, and every convolution is followed by BatchNorm + ReLU. `deploy.fold()` merges the BatchNorm
into the convolutions, so that the exported graph is Conv, Relu, MaxPool, Resize, Add and Sigmoid.

The levels at 1/4 and 1/8 carry most of the depth: residual blocks there cost little at run time.

Shapes: image (N, 1, H, W) float32, H and W multiples of 16 ->
  logit (N, 1, H/2, W/2)   object probability before the sigmoid
  dist  (N, 32, H/2, W/2)  ray lengths in INPUT pixels, ray k at angle 2*pi*k/32
"""
import torch
import torch.nn.functional as F
from torch import nn

N_RAYS = 32
DIST_SCALE = 8.0  # the dist head works in units of 8 px; folded into its weights on export


def conv(cin, cout, k=3, stride=1):
    """Convolution + BatchNorm + ReLU, same padding."""
    return nn.Sequential(nn.Conv2d(cin, cout, k, stride, k // 2, bias=False), nn.BatchNorm2d(cout), nn.ReLU(inplace=True))


class Residual(nn.Module):
    """x + two convolutions, ReLU. Begins as the identity (the last BatchNorm's scale is 0)."""

    def __init__(self, c):
        super().__init__()
        self.first = conv(c, c)
        self.second = nn.Sequential(nn.Conv2d(c, c, 3, 1, 1, bias=False), nn.BatchNorm2d(c), nn.Identity())
        nn.init.zeros_(self.second[1].weight)

    def forward(self, x):
        return F.relu(x + self.second(self.first(x)))


class StarNet(nn.Module):
    def __init__(self, base=32, features=64, rays=N_RAYS):
        super().__init__()
        b = base
        self.stem = conv(1, b, 5, 2)                                             # 1/2
        self.enc0 = conv(b, b)
        self.enc1 = nn.Sequential(conv(b, 2 * b), conv(2 * b, 2 * b))            # 1/4
        self.enc2 = nn.Sequential(conv(2 * b, 4 * b), conv(4 * b, 4 * b))        # 1/8
        self.res1, self.res2 = Residual(2 * b), Residual(4 * b)
        self.mid = nn.Sequential(conv(4 * b, 8 * b), conv(8 * b, 4 * b))         # 1/16
        self.dec2 = nn.Sequential(conv(4 * b, 4 * b), conv(4 * b, 2 * b))        # 1/8
        self.dec1 = nn.Sequential(conv(2 * b, 2 * b), conv(2 * b, b))            # 1/4
        self.res3, self.res4 = Residual(4 * b), Residual(2 * b)                  # 1/8, 1/4
        self.dec0 = nn.Sequential(conv(b, b), conv(b, features))                 # 1/2
        self.prob = nn.Conv2d(features, 1, 1)
        self.dist = nn.Conv2d(features, rays, 1)
        self.dist_scale = DIST_SCALE
        nn.init.constant_(self.prob.bias, -1.5)
        nn.init.constant_(self.dist.bias, 1.0)

    def forward(self, x):
        up = lambda t: F.interpolate(t, scale_factor=2.0, mode="nearest")
        e0 = self.enc0(self.stem(x))
        e1 = self.res1(self.enc1(F.max_pool2d(e0, 2)))
        e2 = self.res2(self.enc2(F.max_pool2d(e1, 2)))
        m = self.mid(F.max_pool2d(e2, 2))
        d2 = self.dec2[1](self.res3(self.dec2[0](up(m) + e2)))
        d1 = self.dec1[1](self.res4(self.dec1[0](up(d2) + e1)))
        f = self.dec0(up(d1) + e0)
        d = self.dist(f)
        return self.prob(f), d if self.dist_scale == 1.0 else d * self.dist_scale

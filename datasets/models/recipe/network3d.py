"""Lean 3D StarDist network for stacks of any anisotropy from 1 to 6.

Nothing but the stem reads the full-resolution volume: it has stride (1, 2, 2), which is also the output grid, so
that no plane is lost. The first pooling keeps the planes too. The heaviest convolutions, those at the finest level, are split into
(1, 3, 3) and (3, 1, 1). Skips are added, not concatenated; every convolution is followed by BatchNorm + ReLU, which
`deploy.fold()` merges into it.

Shapes: image (N, 1, D, H, W) float32, D a multiple of 4, H and W of 16 ->
  logit (N, 1, D, H/2, W/2)   object probability before the sigmoid
  dist  (N, 64, D, H/2, W/2)  ray lengths in INPUT voxels along unit vectors of `rays()`
"""
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

N_RAYS = 64
ANISOTROPY = (2.5, 1.0, 1.0)  # voxel size for which the rays are spread evenly
DIST_SCALE = 6.0  # the dist head works in units of 6 voxels; folded into its weights on export


def rays(n=N_RAYS, anisotropy=ANISOTROPY):
    """(n, 3) unit vectors (z, y, x) of a golden spiral: StarDist's Rays_GoldenSpiral, src/segment/rays3d.ts."""
    k = np.arange(n)
    z = -1 + 2 * k / (n - 1)
    rho = np.sqrt(np.maximum(0, 1 - z * z))
    turn = (3 - np.sqrt(5)) * np.pi * k
    v = np.stack([z, rho * np.sin(turn), rho * np.cos(turn)], 1) / np.array(anisotropy)
    return v / np.linalg.norm(v, axis=1, keepdims=True)


def conv(cin, cout, k=(3, 3, 3), stride=1):
    """Convolution + BatchNorm + ReLU, same padding."""
    return nn.Sequential(nn.Conv3d(cin, cout, k, stride, tuple(n // 2 for n in k), bias=False), nn.BatchNorm3d(cout), nn.ReLU(inplace=True))


class StarNet3d(nn.Module):
    def __init__(self, n_rays=N_RAYS):
        super().__init__()
        plane, column = (1, 3, 3), (3, 1, 1)
        self.stem = conv(1, 16, (3, 5, 5), (1, 2, 2))                              # 1, 1/2, 1/2
        self.enc0 = conv(16, 32, plane)
        self.enc1 = nn.Sequential(conv(32, 48), conv(48, 48, plane))               # 1, 1/4, 1/4
        self.enc2 = nn.Sequential(conv(48, 64), conv(64, 64))                      # 1/2, 1/8, 1/8
        self.mid = nn.Sequential(conv(64, 96), conv(96, 64, plane))                # 1/4, 1/16, 1/16
        self.dec2 = conv(64, 48)
        self.dec1 = conv(48, 32)
        self.dec0 = nn.Sequential(conv(32, 32, column), conv(32, 32, plane))
        self.prob = nn.Conv3d(32, 1, 1)
        self.dist = nn.Sequential(nn.Conv3d(32, 64, 1), nn.ReLU(inplace=True), nn.Conv3d(64, n_rays, 1))
        self.dist_scale = DIST_SCALE
        nn.init.constant_(self.prob.bias, -1.5)
        nn.init.constant_(self.dist[2].bias, 1.0)

    def features(self, x):
        """(N, 32, D, H/2, W/2): both heads work on each position of them alone."""
        up = lambda t, s: F.interpolate(t, scale_factor=s, mode="nearest")
        e0 = self.enc0(self.stem(x))
        e1 = self.enc1(F.max_pool3d(e0, (1, 2, 2)))
        e2 = self.enc2(F.max_pool3d(e1, 2))
        m = self.mid(F.max_pool3d(e2, 2))
        d2 = self.dec2(up(m, 2.0) + e2)
        d1 = self.dec1(up(d2, 2.0) + e1)
        return self.dec0(up(d1, (1.0, 2.0, 2.0)) + e0)

    def distances(self, f):
        d = self.dist(f)
        return d if self.dist_scale == 1.0 else d * self.dist_scale

    def forward(self, x):
        f = self.features(x)
        return self.prob(f), self.distances(f)

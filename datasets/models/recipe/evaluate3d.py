"""Choose the thresholds of a 3D model on validation volumes: seeds that neither training nor the held-out movies have.

  python evaluate3d.py --model ../nuclei-3d/model.onnx [--stretch 1 1.03 1.06]

Decodes with the reference suppression and rendering of the `stardist` package. For each setting: recall and precision
(more than half of the true object covered, each object once), and SEG (mean IoU, missed objects count 0).
"""
import argparse

import numpy as np
import onnxruntime as ort
from stardist.geometry import polyhedron_to_label
from stardist.nms import non_maximum_suppression_3d_inds
from stardist.rays3d import Rays_GoldenSpiral

import synthetic3d
from data3d import KINDS, Camera, normalise
from network3d import ANISOTROPY, N_RAYS

FIRST_SEED = 500000
FLOOR = 0.2
PROBS = (0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6)
RAYS = Rays_GoldenSpiral(N_RAYS, anisotropy=ANISOTROPY)


def candidates(session, image):
    """(prob (n,), dist (n, rays), points (n, 3)) over FLOOR, best first, without the outermost grid positions."""
    x = normalise(image)
    pad = [(0, -n % d) for n, d in zip(x.shape, (4, 16, 16))]
    prob, dist = session.run(["prob", "dist"], {"image": np.pad(x, pad, mode="reflect")[None, None]})
    prob = prob[0, 0, : x.shape[0], : x.shape[1] // 2, : x.shape[2] // 2]
    at = np.argwhere(prob[1:-1, 1:-1, 1:-1] > FLOOR) + 1
    score = prob[tuple(at.T)]
    order = np.argsort(-score, kind="stable")
    at = at[order]
    return score[order], np.maximum(dist[0][:, at[:, 0], at[:, 1], at[:, 2]].T, 1e-3), at * (1, 2, 2)


def objects(found, nms, stretch, shape):
    """(labels, scores): label i + 1 has scores[i], descending."""
    score, dist, points = found
    dist = np.ascontiguousarray(dist * stretch, np.float32)
    keep = non_maximum_suppression_3d_inds(dist, points=points.astype(np.float32), rays=RAYS, scores=score, thresh=nms, verbose=False)
    keep = np.flatnonzero(keep)
    labels = np.zeros(shape, np.int32)
    if len(keep):
        labels = polyhedron_to_label(dist[keep], points[keep], rays=RAYS, shape=shape, prob=score[keep],
                                     labels=np.arange(1, len(keep) + 1), verbose=False)
    return labels, score[keep]


def match(truth, labels, scores, probs=PROBS):
    """For each threshold: [true objects, found, matched, sum of IoU]."""
    size, area = np.bincount(truth.ravel()), np.bincount(labels.ravel(), minlength=len(scores) + 1)
    both, n = np.unique(truth.ravel().astype(np.int64) * (len(scores) + 1) + labels.ravel(), return_counts=True)
    t, l = both // (len(scores) + 1), both % (len(scores) + 1)
    hit = (t > 0) & (l > 0) & (2 * n > size[t])
    t, l, n = t[hit], l[hit], n[hit]
    iou = n / (size[t] + area[l] - n)
    rows = []
    for p in probs:
        ok = scores[l - 1] > p
        rows.append([np.count_nonzero(size[1:]), np.count_nonzero((scores > p) & (area[1:] > 0)), len(np.unique(l[ok])), iou[ok].sum()])
    return np.array(rows)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--model", required=True)
    p.add_argument("--volumes", type=int, default=5, help="of each class")
    p.add_argument("--nms", type=float, nargs="+", default=(0.2, 0.3, 0.4))
    p.add_argument("--stretch", type=float, nargs="+", default=(1.0,))
    a = p.parse_args()
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    session = ort.InferenceSession(a.model, options, providers=["CPUExecutionProvider"])
    sums = {}
    for kind in KINDS:
        for seed in range(FIRST_SEED, FIRST_SEED + a.volumes):
            light, truth, _ = synthetic3d.volume(seed, kind)
            rng = np.random.default_rng([93, seed])
            found = candidates(session, Camera(rng).expose(rng, light))
            for nms in a.nms:
                for stretch in a.stretch:
                    rows = match(truth, *objects(found, nms, stretch, truth.shape))
                    key = nms, stretch
                    sums[key] = sums.get(key, 0) + rows
                    if (nms, stretch) == (a.nms[0], a.stretch[0]):
                        n, f, m, s = rows[PROBS.index(0.4)]
                        print(f"{kind} {seed}: {n:.0f} true, at prob 0.4 recall {m / max(n, 1):.3f} precision {m / max(f, 1):.3f} SEG {s / max(n, 1):.3f}", flush=True)
    for (nms, stretch), rows in sums.items():
        for prob, (n, f, m, s) in zip(PROBS, rows):
            print(f"nms {nms} stretch {stretch} prob {prob}: recall {m / n:.4f} precision {m / f:.4f} "
                  f"F1 {2 * m / (n + f):.4f} DET {1 - (10 * (n - m) + f - m) / (10 * n):.4f} SEG {s / n:.4f}")


if __name__ == "__main__":
    main()

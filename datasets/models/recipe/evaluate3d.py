"""What other thresholds would have given: scores results of `morula track` against truth masks, for several values of prob.

  python movies3d.py --validation --out <scratch>/valid3d
  for n in 0.2 0.3 0.4; do npx morula track <scratch>/valid3d/thin.tif --prob-threshold 0.2 --nms-threshold $n -o <scratch>/thin-$n; done
  python evaluate3d.py <scratch>/thin-0.2=<scratch>/valid3d/thin_GT ...

Suppression takes the best object first, so the objects of a higher prob are those of a lower one without the rest. For
each prob: recall and precision (more than half of the true object covered), DET as the challenge weighs them, and SEG
(mean IoU, missed objects count 0), over all frames of all results given.
"""
import csv
import json
import sys
from pathlib import Path

import numcodecs
import numpy as np
import tifffile

PROBS = (0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.7)


def read_labels(result, t):
    """(z, y, x) uint32 of frame t: morula writes one chunk a plane, zstd, and none for empty planes."""
    array = result / "labels" / "cells" / "0"
    _, depth, height, width = json.loads((array / "zarr.json").read_text())["shape"]
    out = np.zeros((depth, height, width), np.uint32)
    for z in range(depth):
        chunk = array / "c" / str(t) / str(z) / "0" / "0"
        if chunk.exists():
            out[z] = np.frombuffer(numcodecs.Zstd().decode(chunk.read_bytes()[:-4]), "<u4").reshape(height, width)
    return out


def match(truth, labels, scores):
    """For each of PROBS: [true objects, found, matched, sum of IoU]; object i has scores[i]."""
    size, area = np.bincount(truth.ravel()), np.bincount(labels.ravel(), minlength=len(scores))
    both, n = np.unique(truth.ravel().astype(np.int64) * len(scores) + labels.ravel(), return_counts=True)
    t, l = both // len(scores), both % len(scores)
    hit = (t > 0) & (l > 0) & (2 * n > size[t])
    t, l, n = t[hit], l[hit], n[hit]
    iou = n / (size[t] + area[l] - n)
    here = area[1:] > 0
    return np.array([[np.count_nonzero(size[1:]), np.count_nonzero((scores[1:] > p) & here), len(np.unique(l[scores[l] > p])),
                      iou[scores[l] > p].sum()] for p in PROBS], float)


def main():
    total = 0
    for pair in sys.argv[1:]:
        result, truth = map(Path, pair.split("="))
        rows = list(csv.DictReader((result / "tables" / "nodes.csv").open()))
        files, one = sorted((truth / "TRA").glob("*.tif")), 0
        for t, file in enumerate(files):
            labels = read_labels(result, t)
            scores = np.zeros(labels.max() + 1)
            for row in rows:
                if int(row["frame"]) == t:
                    scores[int(row["label"])] = float(row["prob"])
            one = one + match(tifffile.imread(file), labels, scores)
        report(result.name, one)
        total = total + one
    report("all", total)


def report(name, rows):
    for prob, (n, f, m, s) in zip(PROBS, rows):
        print(f"{name} prob {prob}: {n:.0f} true, recall {m / n:.4f} precision {m / max(f, 1):.4f} DET {1 - (10 * (n - m) + f - m) / (10 * n):.4f} SEG {s / n:.4f}")


if __name__ == "__main__":
    main()

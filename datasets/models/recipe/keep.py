"""Fit the rule by which drawn objects are kept: the manifest's key `keep`, KEEP in decode.py.

  python keep.py --data ../../../../shared/data --border 1 --model ../nuclei-2d/model.onnx --model ../nuclei-2d-fast/model.onnx

--border is the manifest's key `border`.

Logistic regression of "its IoU with a reference object is 0.5 or more" on `decode.traits`, for the objects that survive
suppression at the prob and nms given. Images: the validation split and every sixth training image, never the test set; all
models' objects together. The odds from which on objects are kept are the lowest whose AP at IoU 0.5, mean of the models, is
within 0.002 of the best, as `evaluate.choose` does for prob. Also prints AP on each part by weights fitted on the other.
"""
import argparse

import numpy as np
import torch

import decode
from data import normalise, read_dsb

PARTS = ("validation", "train")
CHANCES = (0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6)


def overlaps(truth, drawn, count):
    """(count,) largest IoU of each label of `drawn` with a reference object, and how many of those there are."""
    n = int(truth.max()) + 1
    table = np.bincount(truth.ravel().astype(np.int64) * (count + 1) + drawn.ravel(), minlength=n * (count + 1)).reshape(n, -1)
    union = table.sum(1)[:, None] + table.sum(0)[None] - table
    iou = (table / np.maximum(union, 1))[1:, 1:]
    return iou.max(0, initial=0), int((table[1:].sum(1) > 0).sum())


def objects(runner, image, truth, prob, nms):
    """(traits (n, 3), matched (n,) bool, reference objects) of one image."""
    p, d = runner(normalise(image))
    points, scores, outlines = decode.survivors(p, d, prob, nms)
    if len(points) == 0:
        return np.zeros((0, 3)), np.zeros(0, bool), int((np.bincount(truth.ravel())[1:] > 0).sum())
    drawn = decode.polygons_to_label(outlines, points, shape=image.shape, prob=scores).astype(np.int32)
    iou, references = overlaps(truth, decode.join_edges(drawn, image), len(points))
    return decode.traits(points, scores, outlines, image.shape), iou >= 0.5, references


def fit(samples):
    """Weights of the traits and the offset: log odds of being matched."""
    x, y = np.concatenate([s[0] for s in samples]), np.concatenate([s[1] for s in samples])
    mean, spread = x.mean(0), x.std(0)
    z, y = torch.tensor((x - mean) / spread), torch.tensor(y, dtype=torch.float64)
    net = torch.nn.Linear(3, 1).double()
    torch.nn.init.zeros_(net.weight), torch.nn.init.zeros_(net.bias)
    optimiser = torch.optim.LBFGS(net.parameters(), max_iter=300, line_search_fn="strong_wolfe")

    def loss():
        optimiser.zero_grad()
        value = torch.nn.functional.binary_cross_entropy_with_logits(net(z)[:, 0], y)
        value.backward()
        return value

    optimiser.step(loss)
    w = net.weight.detach().numpy()[0] / spread
    return np.append(w, net.bias.item() - w @ mean)


def ap(samples, weights, chance):
    """AP at IoU 0.5 of the objects whose chance to be real exceeds `chance`."""
    hit = drawn = references = 0
    for traits, matched, count in samples:
        sure = traits @ weights[:3] + weights[3] > np.log(chance / (1 - chance))
        hit, drawn, references = hit + matched[sure].sum(), drawn + sure.sum(), references + count
    return hit / (drawn + references - hit)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--model", action="append", required=True)
    p.add_argument("--data", required=True)
    p.add_argument("--border", type=int, required=True)
    p.add_argument("--prob", type=float, default=0.5)
    p.add_argument("--nms", type=float, default=0.3)
    a = p.parse_args()
    decode.BORDER = a.border
    images = {part: read_dsb(a.data, part)[::6 if part == "train" else 1] for part in PARTS}
    found = {(path, part): [objects(decode.Runner(path), x, y, a.prob, a.nms) for _, x, y in images[part]]
             for path in a.model for part in PARTS}
    of = lambda part: sum((found[path, part] for path in a.model), [])
    for part, other in (PARTS, PARTS[::-1]):
        crossed = fit(of(other))
        print(f"{part}, fitted on {other}:", [round(ap(found[path, part], crossed, 0.4), 4) for path in a.model])
    weights = fit(of("validation") + of("train"))
    rows = {c: [ap(found[path, "validation"] + found[path, "train"], weights, c) for path in a.model] for c in CHANCES}
    for chance, row in rows.items():
        print(f"  kept over {chance}: AP50", np.round(row, 4), "validation", [round(ap(found[m, "validation"], weights, chance), 4) for m in a.model])
    best = max(np.mean(row) for row in rows.values())
    chance = min(c for c, row in rows.items() if np.mean(row) >= best - 0.002)
    weights[3] -= np.log(chance / (1 - chance))
    print("chance", chance, "keep", dict(zip(("prob", "area", "border", "offset"), weights.round(3).tolist())))


if __name__ == "__main__":
    main()

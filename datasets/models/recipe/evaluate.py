"""Measure model.onnx; write model.json. Thresholds are chosen on the validation split of dsb2018/train.

  python evaluate.py --model ../nuclei-2d/model.onnx --data ../shared/data [--choose] [--quick] [--write]

--choose   grid search of the prob and nms thresholds on the validation split (else from model.json)
--quick    leaves out the rescaling study and the halo
--write    writes model.json beside the model; what morula itself was measured at with the same weights (`measured`) stays
The Cell Tracking Challenge movies are only measured, with the thresholds fixed before.
"""
import argparse
import hashlib
import json
import time
from pathlib import Path

import cv2
import numpy as np
from numcodecs import Blosc

import decode
from data import median_diameter, normalise, read_dsb

FIELD = 25  # px
IOUS = [round(0.5 + 0.05 * k, 2) for k in range(9)]


def choose(runner, images):
    """(prob, nms) from the validation images; prints the grid.

    nms: best mean AP over IoU 0.5 to 0.75; prob: the lowest whose AP at IoU 0.5 is within 0.002 of the best,
    since a missed cell costs a lineage ten times what an extra one does (weights of AOGM)."""
    nets = [(runner(normalise(x)), x, y) for _, x, y in images]
    rows = []
    for nms in (0.3, 0.4, 0.5):
        for p in (0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7):
            pred = [decode.label(*out, x, p, nms) for out, x, _ in nets]
            ap = decode.average_precision([y for *_, y in nets], pred, IOUS[:6])
            print(f"  prob {p} nms {nms}: AP50 {ap[0]:.4f} AP75 {ap[5]:.4f} mean {np.mean(ap):.4f}", flush=True)
            rows.append((np.mean(ap), ap[0], p, nms))
    nms = max(rows)[3]
    top = max(ap50 for _, ap50, _, n in rows if n == nms)
    return min(p for _, ap50, p, n in rows if n == nms and ap50 >= top - 0.002), nms


def dsb(runner, images, thresholds):
    pred = [decode.label(*runner(normalise(x)), x, *thresholds) for _, x, _ in images]
    return decode.average_precision([y for *_, y in images], pred, IOUS)


def rescaled(runner, x, factor, thresholds):
    """Labels (H, W) of a raw image whose normalised copy is resized by `factor` before the network.

    The polygons are scaled back and drawn at full resolution (the product's `scale` option)."""
    z = normalise(x)
    if factor != 1:
        how = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
        z = cv2.resize(z, None, fx=factor, fy=factor, interpolation=how)
    prob, dist = runner(z)
    points, scores, d = decode.candidates(prob, dist, z.shape, *thresholds)
    if len(points) == 0:
        return np.zeros(x.shape, np.int32)
    drawn = decode.polygons_to_label(d / factor, points / factor, shape=x.shape, prob=scores)
    return decode.join_edges(drawn.astype(np.int32), x)


def frames(data, name):
    """[(raw image, labels)] of the held-out movie frames."""
    root, out = Path(data), []
    for t in (0, 30, 60, 91) if name == "hela-01" else (0, 30, 60):
        if name == "hela-01":
            raw = (root / "hela-01.ome.zarr/0" / str(t) / "0/0/0").read_bytes()
            x = np.frombuffer(Blosc().decode(raw), "<u2").reshape(700, 1100)
            y = cv2.imread(str(root / f"hela-01-silver/mask{t:03d}.tif"), cv2.IMREAD_UNCHANGED)
        else:
            x = cv2.imread(str(root / f"sim-plus-01/01/t{t:03d}.tif"), cv2.IMREAD_UNCHANGED)
            y = cv2.imread(str(root / f"sim-plus-01/01_labels/man_seg{t:03d}.tif"), cv2.IMREAD_UNCHANGED)
        out.append((x, y.astype(np.int32)))
    return out


def movie(runner, data, name, factor, thresholds):
    """{recall, precision, precisionInside, seg (mean IoU, missed = 0)} over the frames at one rescaling factor.

    The references leave out nuclei at the image border: precisionInside forgives unmatched
    predictions with their centre less than FIELD px from it."""
    total = np.zeros(6)
    for x, y in frames(data, name):
        total += decode.coverage(y, rescaled(runner, x, factor, thresholds), FIELD)
    found, refs, used, made, inside, iou = total
    r = {"recall": round(found / refs, 4), "precision": round(used / max(made, 1), 4),
         "precisionInside": round(used / max(inside, 1), 4), "seg": round(iou / refs, 4)}
    print(f"  {name} x{factor}: {r}", flush=True)
    return r


def f1_by_diameter(runner, images, thresholds):
    """[(diameter, gain, images)] from rescaled validation images.

    diameter: median nucleus diameter in px as the network sees it; gain: F1 at IoU 0.5 minus the F1 of
    the same images at their own scale (each diameter is reached by other images, so F1 alone misleads)."""
    def count(x, y, f):
        m = decode.matching_dataset([y], [rescaled(runner, x, f, thresholds)], thresh=0.5, show_progress=False)
        return np.array([2 * m.tp, 2 * m.tp + m.fp + m.fn])

    rows = {}
    for _, x, y in images:
        d = median_diameter(y)
        if d == 0:
            continue
        own = count(x, y, 1)
        for target in (6, 8, 10, 13, 16, 20, 26, 32, 40, 52, 64, 80, 96):
            f = target / d
            if 0.25 <= f <= 3.2 and max(x.shape) * f <= 1600:
                rows.setdefault(target, []).append((count(x, y, f), own))
    table = []
    for target in sorted(rows):
        (hit, all_), (hit0, all0) = np.sum(rows[target], 0)
        table.append((target, hit / all_ - hit0 / all0, len(rows[target])))
        print(f"  diameter {target} px: F1 {hit / all_:.4f}, the same {len(rows[target])} images at own scale {hit0 / all0:.4f}", flush=True)
    return table


def working_range(table, least=5, many=20):
    """(best diameter, [smallest, largest]): gain within 0.03 of the best, without a break around the best.

    Rows of fewer than `least` images are left out; the best is one of at least `many` images."""
    table = [r for r in table if r[2] >= least]
    k = max((i for i in range(len(table)) if table[i][2] >= many), key=lambda i: table[i][1])
    ok = [r[1] >= table[k][1] - 0.03 for r in table]
    lo = hi = k
    while lo > 0 and ok[lo - 1]:
        lo -= 1
    while hi + 1 < len(table) and ok[hi + 1]:
        hi += 1
    return table[k][0], [table[lo][0], table[hi][0]]


def halo(size=512):
    """Half width in px of the input region that one output can depend on, rounded up to 16.

    Gradient of one output in a copy with positive weights and mean instead of max pooling, so that
    nothing cancels and every path counts; the widest over the eight grid phases of a 16 px block."""
    import torch

    import deploy
    import network
    net = deploy.fold(network.StarNet()).double()
    for p in net.parameters():
        p.data = (p.data.abs() + 1e-3) / max(1, p.data[0].numel())
    keep, network.F.max_pool2d = network.F.max_pool2d, network.F.avg_pool2d
    x = torch.ones(1, 1, size, size, dtype=torch.float64, requires_grad=True)
    logit, _ = net(x)
    network.F.max_pool2d = keep
    reach = 0
    for offset in range(0, 16, 2):
        c = size // 2 + offset
        g, = torch.autograd.grad(logit[0, 0, c // 2, c // 2], x, retain_graph=True)
        rows = torch.nonzero(g[0, 0].sum(1)).ravel()
        reach = max(reach, c - int(rows.min()), int(rows.max()) - c)
    print(f"  receptive field half width {reach} px")
    return -(-reach // 16) * 16


def speed(runner, size=1024):
    x = np.random.default_rng(0).random((size, size), dtype=np.float32)
    times = []
    for _ in range(5):
        t = time.perf_counter()
        runner(x)
        times.append(time.perf_counter() - t)
    return round(1000 * min(times))


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--model", required=True)
    p.add_argument("--data", default="../shared/data")
    p.add_argument("--choose", action="store_true")
    p.add_argument("--quick", action="store_true")
    p.add_argument("--write", action="store_true")
    a = p.parse_args()
    path = Path(a.model)
    side = path.with_name("model.json")
    old = json.loads(side.read_text()) if side.exists() else {}
    decode.BORDER, decode.KEEP = old.get("border", decode.BORDER), old.get("keep", decode.KEEP)
    runner = decode.Runner(path)
    validation, test = read_dsb(a.data, "validation"), read_dsb(a.data, "test")
    th = choose(runner, validation) if a.choose else (old["thresholds"]["prob"], old["thresholds"]["nms"])
    print("thresholds", th)
    val = dsb(runner, validation, th)
    ap = dsb(runner, test, th)
    print("validation AP", dict(zip(IOUS, np.round(val, 4))))
    print("dsb2018/test AP", dict(zip(IOUS, np.round(ap, 4))))
    hela = movie(runner, a.data, "hela-01", 1, th)
    sim = {f: movie(runner, a.data, "sim-plus-01", f, th) for f in (1, 0.75, 0.5, 0.35, 0.25)}
    ms = speed(runner)
    print(f"ONNX Runtime, 1024 x 1024, one thread: {ms} ms")
    if a.quick:
        reach, best, span = old.get("halo", [96])[0], old.get("objectDiameterPx", 24), old.get("diameterRangePx", [10, 60])
    else:
        reach = halo()
        best, span = working_range(f1_by_diameter(runner, validation, th))
    if a.write:
        train = len(read_dsb(a.data, "train"))
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        side.write_text(json.dumps({
            "name": path.parent.name, "kind": "stardist", "ndim": 2, "layout": "NCHW", "channels": 1, "grid": [2, 2],
            "nRays": 32, "divisibleBy": [16, 16], "halo": [reach, reach], "border": decode.BORDER, "outline": "mean",
            "edgeLevel": decode.EDGE_LEVEL, "keep": decode.KEEP, "normalise": {"low": 1, "high": 99.8},
            "thresholds": {"prob": th[0], "nms": th[1]}, "objectDiameterPx": best, "diameterRangePx": span,
            "licence": "BSD-3-Clause",
            "trainingData": [
                {"name": "BBBC038 (2018 Data Science Bowl, fluorescence subset)", "licence": "CC0-1.0",
                 "source": "Broad Bioimage Benchmark Collection, BBBC038v1", "images": train},
                {"name": "synthetic nuclei", "licence": "BSD-3-Clause", "source": "recipe/synthetic.py", "images": 1200}],
            "heldOut": {
                "dsb2018Test": {"images": len(test), "ap": {f"{t:.2f}": round(float(v), 4) for t, v in zip(IOUS, ap)}},
                "dsb2018Validation": {"images": len(validation), "ap": {f"{t:.2f}": round(float(v), 4) for t, v in zip(IOUS, val)}},
                "hela01": {"frames": [0, 30, 60, 91], "scale": 1, **hela},
                "simPlus01": {"frames": [0, 30, 60], "byScale": {str(f): r for f, r in sim.items()}}},
            **({"measured": old["measured"]} if old.get("sha256") == digest and "measured" in old else {}),
            "sha256": digest}, indent=2) + "\n")


if __name__ == "__main__":
    main()

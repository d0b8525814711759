"""Train the link scorer on the table of `npm run bench -- scorerTable`; check-points, so that it goes on where it stood.

  python train.py --table <scratch>/table --out <scratch>/scorer/all [--leave family] [--epochs 30]

--leave  the family that the network never sees, for the table in the README
"""
import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np
import torch

sys.path.append(str(Path(__file__).parent.parent))
from data import collate, pieces  # noqa: E402
from network import LinkScorer  # noqa: E402
from run import Run, rate  # noqa: E402

PIECE = 1000   # edges
VARIED = {"-half": 0.5, "-fifth": 0.5, "-sizeless": 0.5, "-poor": 0.1, "-poor-2": 0.1}  # how much a varied movie counts

# What tells families apart, and what the fitted costs know better: not shown to the networks.
MUTE = {"rate", "density_source", "density_target", "density", "calm", "rim", "distance", "ln_apart", "size_source",
        "size_target", "age_known", "ahead_known", "sized", "known_before", "known_after"}
SHRINK = 0.01  # nats that a correction of 1 costs for each link or division asked about


def load(table, leave):
    """Pieces with their weights: each family counts as the root of its fates, and a varied movie less."""
    found = []
    for path in sorted(Path(table).glob("*.json")):
        about = json.loads(path.read_text())
        if about["family"] == leave:
            continue
        parts = pieces(path, PIECE, seed=1)[1]
        varied = next((share for end, share in VARIED.items() if path.stem.endswith(end)), 1.0)
        found += [(about["family"], varied, part) for part in parts]
    fates = {}
    for family, varied, part in found:
        n = sum(float(w.sum()) for w in (part.single_weight, part.division_weight, part.ends_weight))
        fates[family] = fates.get(family, 0.0) + varied * n
    mean = np.mean([f ** 0.5 for f in fates.values()])
    return [(varied * (fates[family] ** 0.5 / mean) * (np.mean(list(fates.values())) / fates[family]), part)
            for family, varied, part in found], fates


def stats(parts, name, names):
    """Mean and deviation of each feature, each piece counting by its weight; those of MUTE as good as constant."""
    rows = [(weight, getattr(part, name).double()) for weight, part in parts if len(getattr(part, name))]
    total = sum(w * len(x) for w, x in rows)
    mean = sum(w * x.sum(0) for w, x in rows) / total
    square = sum(w * ((x - mean) ** 2).sum(0) for w, x in rows) / total
    mute = torch.tensor([n in MUTE for n in names])
    return mean.float(), torch.where(mute, 1e9, square.sqrt().clamp_min(0.05)).float()


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--table", required=True)
    p.add_argument("--out", required=True, type=Path)
    p.add_argument("--leave", default="")
    p.add_argument("--epochs", type=int, default=30)
    p.add_argument("--batch", type=int, default=12, help="pieces a step")
    p.add_argument("--lr", type=float, default=3e-3)
    p.add_argument("--hidden", type=int, default=32)
    p.add_argument("--seed", type=int, default=0)
    a = p.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(a.seed)
    a.out.mkdir(parents=True, exist_ok=True)
    parts, fates = load(a.table, a.leave)
    print(f"{len(parts)} pieces, fates by family {({k: round(v) for k, v in fates.items()})}", flush=True)
    about = json.loads(next(iter(Path(a.table).glob("*.json"))).read_text())
    edge_stats, pair_stats = stats(parts, "edge", about["edgeNames"]), stats(parts, "pair", about["pairNames"])
    net = LinkScorer(edge_stats, pair_stats, a.hidden)
    run = Run(net, a.lr, a.out, 0.99)
    mixed = np.random.default_rng(a.seed).permutation(len(parts))
    batches = [collate([parts[k] for k in mixed[i::max(1, len(parts) // a.batch)]])
               for i in range(max(1, len(parts) // a.batch))]
    steps = a.epochs * len(batches)
    order, started, saved, sums = [], time.time() - run.spent, time.time(), [0.0, 0.0]
    random = np.random.default_rng(a.seed + run.step)
    while run.step < steps:
        order = order or list(random.permutation(len(batches)))
        batch = batches[order.pop()]
        edge, pair = net(batch.edge, batch.pair)
        moved = ((edge - batch.edge[:, 0]) ** 2).sum() + ((pair - batch.pair[:, 0]) ** 2).sum()
        losses = batch.losses(edge, pair)
        loss = 100 * (sum((x * w).sum() for x, w in losses) + SHRINK * moved) / sum(w.sum() for _, w in losses)
        run.descend(loss, rate(run.step / steps, a.lr))
        sums = [sums[0] + loss.item(), sums[1] + 1]
        run.spent = time.time() - started
        if run.step % 50 == 0:
            print(f"step {run.step}/{steps}, {run.spent:.0f} s, loss {sums[0] / sums[1]:.3f}", flush=True)
            sums = [0.0, 0.0]
        if time.time() - saved > 60 or run.step == steps:
            run.save()
            saved = time.time()


if __name__ == "__main__":
    main()

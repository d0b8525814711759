"""Train the 3D nuclei network on synthetic volumes. Check-points every few minutes and resumes where it stopped.

  python train3d.py --bank <scratch>/bank3d --out <scratch>/run3d --steps 9000

Batches are a function of (seed, step). The learning rate warms up, then falls as a cosine to 0 over --steps, or
over --minutes of training time when that is given.
"""
import argparse
import os
import time
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "passive")
import numpy as np
import torch
import torch.nn.functional as F

from data3d import Patches3d, make_bank
from network3d import StarNet3d
from run import Run, rate


def loss_terms(net, image, prob, at, target):
    """BCE on prob; 1 - (sum of shorter / sum of longer rays), prob-weighted, at the positions `at`; their mean error in voxels."""
    with torch.autocast("cpu", torch.bfloat16):
        f = net.features(image.to(memory_format=torch.channels_last_3d))
        logit = net.prob(f)
        rows = torch.cat([row.flatten(1)[:, i] for row, i in zip(f, at)], 1)  # (32, N K)
        dist = net.distances(rows[None, :, :, None, None])[0, :, :, 0, 0].float().T
    bce = F.binary_cross_entropy_with_logits(logit.float(), prob)
    weight = torch.cat([row.flatten()[i] for row, i in zip(prob, at)])
    target = target.flatten(0, 1)
    overlap = torch.minimum(dist, target).sum(1) / (torch.maximum(dist, target).sum(1) + 1e-3)
    error = (dist.detach() - target).abs().mean(1)
    norm = weight.sum() + 1e-3
    return bce, ((1 - overlap) * weight).sum() / norm, (error * weight).sum() / norm


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--bank", required=True)
    p.add_argument("--volumes", type=int, default=400, help="synthetic volumes of each class")
    p.add_argument("--sheets", type=int, default=60, help="more volumes with layers of cells, of each class but the first")
    p.add_argument("--simulated", help="folder of volumes from simulated3d.py")
    p.add_argument("--out", required=True)
    p.add_argument("--steps", type=int, default=9000)
    p.add_argument("--minutes", type=float, default=0)
    p.add_argument("--batch", type=int, default=4)
    p.add_argument("--lr", type=float, default=2e-3)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--threads", type=int, default=1)
    p.add_argument("--start", help="check-point whose averaged weights to begin with (fine tuning)")
    a = p.parse_args()
    out = Path(a.out)
    out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(a.threads)
    torch.manual_seed(a.seed)
    make_bank(a.bank, a.volumes, a.sheets)
    simulated = sorted(Path(a.simulated).glob("*.npz")) if a.simulated else ()
    batches = Patches3d(a.bank, a.seed, a.batch, simulated)
    net = StarNet3d().to(memory_format=torch.channels_last_3d)
    if a.start:
        net.load_state_dict(torch.load(a.start, weights_only=True)["ema"])
    run = Run(net, a.lr, out, decay=0.998)

    class Stream:  # yields the batch indices from the current step on
        def __iter__(self):
            return iter(range(run.step, 10 ** 9))

    loader = torch.utils.data.DataLoader(batches, batch_size=None, sampler=Stream(), num_workers=1, prefetch_factor=6,
                                         worker_init_fn=lambda _: torch.set_num_threads(1))
    mean, mark = np.zeros(3), time.time()
    begin = last_save = mark
    for batch in loader:
        progress = run.spent / (60 * a.minutes) if a.minutes else run.step / a.steps
        if progress >= 1:
            break
        bce, shape, error = loss_terms(net, *batch)
        run.descend(bce + 0.5 * shape, rate(progress, a.lr))
        mean += (bce.item(), shape.item(), error.item())
        run.spent, begin = run.spent + time.time() - begin, time.time()
        if run.step % 100 == 0:
            b, s, e = mean / 100
            print(f"step {run.step} {run.spent / 60:.1f} min lr {rate(progress, a.lr):.2e} bce {b:.4f} shape {s:.4f} error {e:.3f} voxels "
                  f"{(time.time() - mark) * 10:.0f} ms/step", flush=True)
            mean[:], mark = 0, time.time()
        if time.time() - last_save > 120:
            run.save()
            last_save = time.time()
    run.save()
    print(f"finished at step {run.step}, {run.spent / 60:.1f} min", flush=True)


if __name__ == "__main__":
    main()

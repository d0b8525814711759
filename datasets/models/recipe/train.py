"""Train the 2D nuclei network. Check-points every few minutes and resumes where it stopped.

  python train.py --data ../shared/data --out <scratch>/run --minutes 75

The learning rate (one-cycle: warm-up, then cosine to 0) follows the training time that has passed
of --minutes, or the step of --steps when that is given; both are kept in the check-point. Fixed seed.
"""
import argparse
import os
import time
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "passive")
import numpy as np
import torch
import torch.nn.functional as F

from data import P_GENTLE, P_SYNTHETIC, Patches
from network import StarNet
from run import Run, rate

SMALL = 10.0  # px, the radius whose pixels weigh 1


def loss_terms(logit, dist, prob, target):
    """BCE on prob, MAE of dist (px), polar IoU loss of dist, mean |dist| on background (px).

    The polar IoU loss (Xie et al. 2020, PolarMask, eq. 7) is ln(sum of max / sum of min) over the rays: a
    relative error, equal for small and large objects. Pixels weigh prob * SMALL / radius (0.5 to 5), so that
    a small object, which has few pixels, is not drowned by large ones.
    """
    radius = target.mean(1, keepdim=True)
    small = (SMALL / (radius + 1e-3)).clamp(0.5, 5.0)
    inside = prob > 0
    weight = torch.where(inside, small.clamp(min=1.0), torch.ones_like(small))
    bce = F.binary_cross_entropy_with_logits(logit, prob, weight=weight)
    share = prob * small
    share = share / (share.sum() + 1e-3)
    mae = ((dist - target).abs().mean(1, keepdim=True) * share).sum()
    shape = dist.clamp(min=1e-2)
    larger = torch.maximum(shape, target).sum(1, keepdim=True)
    smaller = torch.minimum(shape, target).sum(1, keepdim=True)
    polar = (torch.log((larger + 1e-3) / (smaller + 1e-3)).clamp(max=4.0) * share).sum()
    background = (dist.abs().mean(1, keepdim=True) * ~inside).mean()
    return bce, mae, polar, background


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--data", default="../shared/data")
    p.add_argument("--out", required=True)
    p.add_argument("--minutes", type=float, default=75)
    p.add_argument("--steps", type=int, default=0)
    p.add_argument("--batch", type=int, default=6)
    p.add_argument("--patch", type=int, default=256)
    p.add_argument("--lr", type=float, default=1.5e-3)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--workers", type=int, default=1)
    p.add_argument("--start", help="check-point whose averaged weights to begin with (fine tuning)")
    p.add_argument("--synthetic", type=float, default=P_SYNTHETIC, help="share of synthetic patches")
    p.add_argument("--gentle", type=float, default=P_GENTLE, help="share of real patches with little augmentation")
    a = p.parse_args()
    out = Path(a.out)
    out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(2)
    torch.manual_seed(a.seed)
    patches = Patches(a.data, out, a.patch, a.seed, p_synthetic=a.synthetic, p_gentle=a.gentle)
    net = StarNet().to(memory_format=torch.channels_last)
    if a.start:
        fresh = net.load_state_dict(torch.load(a.start, weights_only=True)["ema"], strict=False).missing_keys
        print(f"began with {a.start}; {len(fresh)} arrays are new", flush=True)
    run = Run(net, a.lr, out, decay=0.999)

    class Stream:  # yields the sample indices from the current step on
        def __iter__(self):
            return iter(range(run.step * a.batch, 10 ** 9))

    loader = torch.utils.data.DataLoader(patches, batch_size=a.batch, sampler=Stream(), num_workers=a.workers,
                                         prefetch_factor=6, worker_init_fn=lambda _: torch.set_num_threads(1))
    mean, mark, waited, last_save = np.zeros(4), time.time(), 0.0, time.time()
    fetch = time.time()
    for image, prob, target in loader:
        waited += time.time() - fetch
        progress = run.step / a.steps if a.steps else run.spent / (60 * a.minutes)
        if progress >= 1:
            break
        with torch.autocast("cpu", torch.bfloat16):
            logit, dist = net(image.to(memory_format=torch.channels_last))
        bce, mae, polar, background = loss_terms(logit.float(), dist.float(), prob, target.float())
        run.descend(bce + 0.08 * mae + polar + 1e-4 * background, rate(progress, a.lr))
        mean += (bce.item(), mae.item(), polar.item(), background.item())
        now = time.time()
        run.spent += now - fetch
        fetch = now
        if run.step % 200 == 0:
            b, m, o, g = mean / 200
            print(f"step {run.step} {run.spent / 60:.1f} min lr {rate(progress, a.lr):.2e} bce {b:.4f} mae {m:.3f} px polar {o:.4f} bg {g:.2f} "
                  f"{(now - mark) / 200 * 1000:.0f} ms/step, waiting for data {waited / 200 * 1000:.0f} ms", flush=True)
            mean[:], mark, waited = 0, now, 0.0
        if now - last_save > 120:
            run.save()
            last_save = time.time()
    run.save()
    print(f"finished at step {run.step}, {run.spent / 60:.1f} min", flush=True)


if __name__ == "__main__":
    main()

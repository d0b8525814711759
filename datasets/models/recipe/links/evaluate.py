"""What a scorer does to the -ln p of true fates and to how many of them are the likeliest, movie by movie.

  python evaluate.py --table <scratch>/table --checkpoint <scratch>/scorer/no-c2c12/last.pt [--family c2c12]
"""
import argparse
import json
from pathlib import Path

import torch

from data import pieces
from network import LinkScorer


def restore(checkpoint, averaged=True):
    """The network of a check-point."""
    state = torch.load(checkpoint, weights_only=True)["ema" if averaged else "net"]
    hidden = state["edge.head.weight"].shape[1]
    blank = [(torch.zeros_like(state[f"{n}.mean"]), torch.ones_like(state[f"{n}.sd"])) for n in ("edge", "pair")]
    net = LinkScorer(*blank, hidden)
    net.load_state_dict(state)
    return net.eval()


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--table", required=True)
    p.add_argument("--checkpoint", required=True)
    p.add_argument("--family", default="")
    a = p.parse_args()
    torch.set_num_threads(1)
    net = restore(a.checkpoint)
    for path in sorted(Path(a.table).glob("*.json")):
        if a.family not in ("", json.loads(path.read_text())["family"]):
            continue
        sums = torch.zeros(2, 4, 2, dtype=torch.float64)
        with torch.no_grad():
            for part in pieces(path, 4000, seed=1)[1]:
                for i, logits in enumerate(((part.edge[:, 0], part.pair[:, 0]), net(part.edge, part.pair))):
                    for k, (loss, weight) in enumerate(part.losses(*logits)):
                        sums[i, k, 0] += (loss * weight).sum()
                        sums[i, k, 1] += ((loss > 0.69) * weight).sum()
        text = [f"{name} {float(before[0]):.0f} to {float(after[0]):.0f} (wrong {float(before[1]):.0f} to {float(after[1]):.0f})"
                for name, before, after in zip(("links", "divisions", "ends", "begins"), *sums)]
        print(f"{path.stem:28s} {', '.join(text)}", flush=True)


if __name__ == "__main__":
    main()

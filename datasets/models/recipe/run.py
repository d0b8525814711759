"""What both training scripts share: the learning rate, averaged weights, check-points that survive a kill."""
import math
import os

import torch


def rate(progress, peak, warm=0.03):
    """Learning rate at progress 0 to 1: warm-up, then a cosine to 0."""
    if progress < warm:
        return peak * (0.04 + 0.96 * progress / warm)
    return peak * 0.5 * (1 + math.cos(math.pi * min(1.0, (progress - warm) / (1 - warm))))


class Run:
    """Network, optimiser and averaged weights, with steps done and seconds spent; continues from out/last.pt if that exists."""

    def __init__(self, net, lr, out, decay):
        self.net, self.out, self.decay = net, out, decay
        self.optimiser = torch.optim.AdamW(net.parameters(), lr=lr, weight_decay=0.02)
        self.ema = {k: v.clone() for k, v in net.state_dict().items()}
        self.step, self.spent = 0, 0.0
        if (out / "last.pt").exists():
            s = torch.load(out / "last.pt", weights_only=True)
            net.load_state_dict(s["net"]), self.optimiser.load_state_dict(s["optimiser"])
            self.ema, self.step, self.spent = s["ema"], s["step"], s["spent"]
            print(f"resumed at step {self.step}, {self.spent / 60:.1f} min", flush=True)

    def descend(self, loss, lr):
        """One step down the gradient of `loss`; the averaged weights follow."""
        for g in self.optimiser.param_groups:
            g["lr"] = lr
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), 5.0)
        self.optimiser.step()
        self.step += 1
        decay = min(self.decay, (1 + self.step) / (20 + self.step))
        with torch.no_grad():
            for k, v in self.net.state_dict().items():
                if v.dtype.is_floating_point:
                    self.ema[k].lerp_(v, 1 - decay)
                else:
                    self.ema[k].copy_(v)

    def save(self):
        state = {"net": self.net.state_dict(), "optimiser": self.optimiser.state_dict(), "ema": self.ema,
                 "step": self.step, "spent": self.spent}
        torch.save(state, self.out / "new.pt")
        os.replace(self.out / "new.pt", self.out / "last.pt")

"""The two small networks of the link scorer: what the fitted costs say, corrected by what the features show."""
import torch
from torch import nn

REACH = 4.0  # standardised features are cut here: what was never seen is not extrapolated
HIDDEN = 0.15  # share of features that a step of the training does without
BOUND = 6.0  # the most that a correction can say, natural log odds


class Judge(nn.Module):
    """Features (n, F), the first of which is the log odds without a network, to log odds (n,)."""

    def __init__(self, mean, sd, hidden):
        super().__init__()
        self.register_buffer("mean", mean)
        self.register_buffer("sd", sd)
        self.body = nn.Sequential(nn.Linear(len(mean), hidden), nn.SiLU(), nn.Linear(hidden, hidden), nn.SiLU())
        self.head = nn.Linear(hidden, 1)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)

    def correction(self, features):
        seen = ((features - self.mean) / self.sd).clamp(-REACH, REACH)
        if self.training:
            seen = seen * (torch.rand(seen.shape[1]) >= HIDDEN)
        return BOUND * torch.tanh(self.head(self.body(seen))[:, 0] / BOUND)

    def forward(self, features):
        return features[:, 0] + self.correction(features)


class LinkScorer(nn.Module):
    """`edge_feats` (E, Fe) and `pair_feats` (P, Fp) to `edge_logit` (E,) and `pair_logit` (P,)."""

    def __init__(self, edge_stats, pair_stats, hidden=32):
        super().__init__()
        self.edge = Judge(*edge_stats, hidden)
        self.pair = Judge(*pair_stats, hidden)

    def forward(self, edge_feats, pair_feats):
        return self.edge(edge_feats), self.pair(pair_feats)

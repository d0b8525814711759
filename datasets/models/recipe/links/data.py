"""Training tables (written by `npm run bench -- scorerTable`) as pieces of frame pairs, in which each cell's true fate is known."""
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from belief import marginals

ODDS = -8.0   # ln odds below which a link or a division is not asked about
DOUBT = 1e-3  # share of wrong entries in a truth
EASY = 0.995  # components whose every true fate is likelier than this by the fitted costs are easy,
KEEP = 0.1    # and this share of them is kept, weighing the more


@dataclass
class Piece:
    """Some frame pairs. Edges, pairs (by edge), and fates that count: singles, divisions, ends, beginnings, with weights."""
    edge: torch.Tensor
    pair: torch.Tensor
    source: torch.Tensor
    target: torch.Tensor
    a: torch.Tensor
    b: torch.Tensor
    single: torch.Tensor
    division: torch.Tensor
    ends: torch.Tensor
    begins: torch.Tensor
    single_weight: torch.Tensor
    division_weight: torch.Tensor
    ends_weight: torch.Tensor
    begins_weight: torch.Tensor

    def counts(self):
        return int(self.source.max()) + 1 if len(self.source) else 0, int(self.target.max()) + 1 if len(self.target) else 0

    def believe(self, edge_logit, pair_logit, iterations=6):
        return marginals(edge_logit.double(), pair_logit.double(), self.source, self.target, self.a, self.b,
                         *self.counts(), iterations=iterations)

    def losses(self, edge_logit, pair_logit):
        """-ln p of the true fates (links alone, divisions, ends, beginnings), each with its weights."""
        alone, pair, ends, begins = self.believe(edge_logit, pair_logit)
        return ((robust(alone[self.single]), self.single_weight), (robust(pair[self.division]), self.division_weight),
                (robust(ends[self.ends]), self.ends_weight), (robust(begins[self.begins]), self.begins_weight))


def robust(ln_p):
    """-ln(p + DOUBT): what is all but impossible is an error of the truth, and teaches nothing."""
    return -torch.log((1 - DOUBT) * torch.exp(ln_p) + DOUBT)


def read(path):
    """One table: about, and its columns by name."""
    about = json.loads(Path(path).read_text())
    raw = Path(path).with_suffix(".bin").read_bytes()
    n, m, at, out = about["edges"], about["pairs"], 0, {}
    sizes = {"edgeFeatures": (n, len(about["edgeNames"])), "pairFeatures": (m, len(about["pairNames"])),
             "pairA": (m,), "pairB": (m,), "pairTrue": (m,)}
    for name in about["columns"]:
        shape = sizes.get(name, (n,))
        kind = np.float32 if name.endswith("Features") else np.int32
        count = int(np.prod(shape))
        out[name] = np.frombuffer(raw, kind, count, at).reshape(shape)
        at += count * 4
    return about, worth(out)


def worth(c):
    """Only what is worth a question: pairs, and edges alone or of a pair, that are not ruled out (ODDS in rescore.ts)."""
    pairs = c["pairFeatures"][:, 1] > ODDS
    edges = c["edgeFeatures"][:, 2] > ODDS
    edges[c["pairA"][pairs]] = edges[c["pairB"][pairs]] = True
    at = np.cumsum(edges) - 1
    out = {name: column[pairs if name.startswith("pair") else edges] for name, column in c.items()}
    out["pairA"], out["pairB"] = at[out["pairA"]], at[out["pairB"]]
    return out


def number(rows):
    """Numbers from 0 in place of rows."""
    return np.unique(rows, return_inverse=True)[1].astype(np.int64)


def piece_of(c, edges, keep_weight):
    """The piece of some edges; `keep_weight` by edge says how much the fates of its ends count."""
    where = np.full(len(c["source"]), -1, np.int64)
    where[edges] = np.arange(len(edges))
    pairs = np.flatnonzero(where[c["pairA"]] >= 0)
    source, target = number(c["source"][edges]), number(c["target"][edges])
    a, b = where[c["pairA"][pairs]], where[c["pairB"][pairs]]
    true_edge, true_pair = c["edgeTrue"][edges] == 1, c["pairTrue"][pairs] == 1
    out, into, w = c["outOfSource"][edges], c["intoTarget"][edges], keep_weight[edges]
    single = np.flatnonzero(true_edge & (out == 1))
    division = np.flatnonzero(true_pair & (out[a] == 2)) if len(a) else np.zeros(0, np.int64)
    one_source, one_target = np.unique(source, return_index=True)[1], np.unique(target, return_index=True)[1]
    ends, begins = one_source[out[one_source] == 0], one_target[into[one_target] == 0]
    f, d = torch.from_numpy, np.float64
    return Piece(f(c["edgeFeatures"][edges].copy()), f(c["pairFeatures"][pairs].copy()), f(source), f(target), f(a), f(b),
                 f(single), f(division), f(source[ends]), f(target[begins]), f(w[single].astype(d)),
                 f(w[a[division]].astype(d)), f(w[ends].astype(d)), f(w[begins].astype(d)))


def easy_components(c):
    """By edge: its component, and whether that is easy. Components share no decision."""
    n = len(c["source"])
    source, target = number(c["source"]), number(c["target"])
    m = source.max() + 1
    size = m + target.max() + 1
    _, of = connected_components(coo_matrix((np.ones(n), (source, m + target)), (size, size)), directed=False)
    label = of[source]
    piece = piece_of(c, np.arange(n), np.ones(n))
    with torch.no_grad():
        alone, pair, ends, begins = piece.believe(piece.edge[:, 0], piece.pair[:, 0], iterations=12)
    hard = np.zeros(of.max() + 1, bool)
    bar = np.log(EASY)
    hard[label[piece.single[(alone[piece.single] < bar)].numpy()]] = True
    hard[label[piece.a[piece.division[(pair[piece.division] < bar)]].numpy()]] = True
    hard[of[piece.ends[(ends[piece.ends] < bar)].numpy()]] = True
    hard[of[m + piece.begins[(begins[piece.begins] < bar)].numpy()]] = True
    return label, ~hard[label]


def pieces(path, size, seed, thin=True):
    """A movie's pieces of about `size` edges, made of whole components; easy ones are thinned out."""
    about, c = read(path)
    if about["edges"] == 0:
        return about, []
    label, easy = easy_components(c)
    random = np.random.default_rng(seed)
    kept = random.random(label.max() + 1) < KEEP if thin else np.ones(label.max() + 1, bool)
    weight = np.where(easy, 1 / KEEP, 1.0) if thin else np.ones(len(easy))
    edges = np.flatnonzero(~easy | kept[label])
    # Components in random order, cut where a piece is full.
    order = random.permutation(label.max() + 1)
    edges = edges[np.lexsort((edges, order[label[edges]]))]
    cuts, last = [0], 0
    change = np.flatnonzero(np.diff(label[edges])) + 1
    for at in change:
        if at - last >= size:
            cuts.append(at)
            last = at
    cuts.append(len(edges))
    return about, [piece_of(c, np.sort(edges[i:j]), weight) for i, j in zip(cuts, cuts[1:]) if j > i]




def collate(weighted):
    """One piece of several, given with weights: their ends are numbered on, their fates count by the weights."""
    parts = [part for _, part in weighted]
    counts = torch.tensor([[len(p.edge), *p.counts()] for p in parts])
    edge_at, source_at, target_at = (torch.cumsum(counts, 0) - counts).T
    joined = lambda name, offsets: torch.cat([getattr(p, name) + o for p, o in zip(parts, offsets)])
    fates = lambda name: torch.cat([w * getattr(p, name) for w, p in weighted])
    pairs = torch.tensor([len(p.pair) for p in parts])
    pair_at = torch.cumsum(pairs, 0) - pairs
    zero = torch.zeros(len(parts))
    return Piece(joined("edge", zero), joined("pair", zero), joined("source", source_at), joined("target", target_at),
                 joined("a", edge_at), joined("b", edge_at), joined("single", edge_at), joined("division", pair_at),
                 joined("ends", source_at), joined("begins", target_at), fates("single_weight"), fates("division_weight"),
                 fates("ends_weight"), fates("begins_weight"))

"""Sum-product belief propagation over links and divisions, as src/link/global/marginals.ts has it, for gradients."""
import torch


def lse(parts, index, n, start=None):
    """ln of sums of exp(parts) by index, `start` = ln of what is there already (0 = a weight of 1)."""
    top = torch.full((n,), -1e30 if start is None else start, dtype=parts.dtype)
    top = top.scatter_reduce(0, index, parts.detach(), "amax")
    total = torch.zeros(n, dtype=parts.dtype) if start is None else torch.exp(start - top)
    total = total.index_add(0, index, torch.exp(parts - top[index]))
    return top + torch.log(total.clamp_min(1e-300))


def without(whole, part):
    """ln(exp(whole) - exp(part)), at least 0: the weight of doing nothing is always left."""
    return (whole + torch.log1p(-torch.exp((part - whole).clamp_max(-1e-12)))).clamp_min(0)


def marginals(edge, pair, source, target, a, b, n_source, n_target, iterations=8):
    """
    ln probabilities from ln weights (float64): of each edge alone, each pair, each source's ending, each target's
    beginning. `source` and `target` number edges' ends from 0, `a` and `b` are edges of pairs.
    """
    beta = torch.zeros_like(edge)
    both = torch.cat([a, b])
    for i in range(iterations):
        options = torch.cat([edge + beta, pair + beta[a] + beta[b]])
        whole = lse(options, torch.cat([source, source[a]]), n_source, 0.0)
        parts = torch.cat([edge, pair + beta[b], pair + beta[a]])
        holding = lse(parts, torch.cat([torch.arange(len(edge)), both]), len(edge))
        alpha = holding - without(whole[source], holding + beta)
        into = lse(alpha, target, n_target, 0.0)
        fresh = -without(into[target], alpha)
        beta = fresh if i < 3 else torch.logaddexp(fresh, beta) - 0.6931471805599453
    options = torch.cat([edge + beta, pair + beta[a] + beta[b]])
    whole = lse(options, torch.cat([source, source[a]]), n_source, 0.0)
    taken = lse(torch.cat([edge + beta - whole[source]] + [pair + beta[a] + beta[b] - whole[source[a]]] * 2),
                torch.cat([target, target[a], target[b]]), n_target)
    begins = torch.log1p(-torch.exp(taken.clamp_max(-1e-9)))
    return edge + beta - whole[source], pair + beta[a] + beta[b] - whole[source[a]], -whole, begins

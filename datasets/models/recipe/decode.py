"""From network output to label image, and the scores used here.

prob (h, w) and dist (32, h, w) come from `Runner`, in the (2, 2) grid of the input; labels are at
input resolution. Suppression uses the reference C++ code of the `stardist` package: this file is
for measuring only, the product has its own decoder with the same rule.
"""
import numba
import numpy as np
import onnxruntime as ort
from scipy.ndimage import center_of_mass
from stardist.geometry import polygons_to_label
from stardist.matching import matching_dataset
from stardist.nms import non_maximum_suppression

GRID, DIVISOR = 2, 16
EDGE_LEVEL = 0.5  # share of the typical object's contrast at which edges lie
BORDER = 1  # grid cells along each side of a frame where no centre is taken; evaluate.py takes it and KEEP from model.json
LARGEST, FARTHEST = 7.0, 1.5  # where the features of `traits` end
KEEP = {"prob": 2.627, "area": 0.53, "border": -2.113, "offset": -0.491}  # the manifest's key `keep`, fitted by keep.py


class Runner:
    """model.onnx on one thread. Call with a normalised image (H, W) float32."""

    def __init__(self, path, threads=1):
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        self.session = ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

    def __call__(self, x):
        h, w = x.shape
        pad = [(0, -n % DIVISOR) for n in (h, w)]
        prob, dist = self.session.run(None, {"image": np.pad(x, pad, mode="reflect")[None, None].astype(np.float32)})
        hh, ww = -(-h // GRID), -(-w // GRID)
        return prob[0, 0, :hh, :ww], dist[0, :, :hh, :ww]


@numba.njit
def mean_outlines(points, prob, dist, grid, threshold):
    """(n, rays) px: outlines as the product's manifest key `outline: mean` has them.

    points (n, 2) grid positions; prob (h, w); dist (h, w, rays) px. The mean, weighted by prob, of what the position and those
    beside it predict (prob over the threshold and half of its own), along the rays of the position itself.
    """
    h, w, n = dist.shape
    step = 2 * np.pi * np.arange(n) / n
    sin, cos = np.sin(step), np.cos(step)
    out = np.zeros((len(points), n))
    for i in range(len(points)):
        gy, gx = points[i]
        weight = prob[gy, gx]
        total = weight * dist[gy, gx].astype(np.float64)
        for a in range(max(gy - 1, 0), min(gy + 2, h)):
            for b in range(max(gx - 1, 0), min(gx + 2, w)):
                if (a == gy and b == gx) or prob[a, b] <= threshold or prob[a, b] < 0.5 * prob[gy, gx]:
                    continue
                y, x = (a - gy) * grid + dist[a, b] * sin, (b - gx) * grid + dist[a, b] * cos
                seen, whole = np.zeros(n), True
                for k in range(n):  # where ray k crosses the edge of the other outline that it passes through
                    side = cos[k] * y - sin[k] * x
                    j = k
                    for _ in range(n // 4):
                        if side[j] <= 0:
                            break
                        j = (j - 1) % n
                    for _ in range(n // 4):
                        if side[(j + 1) % n] > 0:
                            break
                        j = (j + 1) % n
                    m = (j + 1) % n
                    if not (side[j] <= 0 and side[m] > 0):
                        whole = False
                        break
                    t = side[j] / (side[j] - side[m])
                    seen[k] = (y[j] + t * (y[m] - y[j])) * sin[k] + (x[j] + t * (x[m] - x[j])) * cos[k]
                    if not seen[k] > 0:
                        whole = False
                        break
                if whole:
                    weight += prob[a, b]
                    total += prob[a, b] * seen
        out[i] = total / weight
    return out


def survivors(prob, dist, prob_threshold, nms_threshold):
    """(points (n, 2) px, scores (n,), mean outlines (n, 32) px) after suppression; border of BORDER grid cells left out."""
    d = np.ascontiguousarray(np.maximum(dist, 1e-3).transpose(1, 2, 0))
    points, scores, _ = non_maximum_suppression(d, prob, grid=(GRID, GRID), b=BORDER,
                                                prob_thresh=prob_threshold, nms_thresh=nms_threshold)
    return points, scores, mean_outlines(points // GRID, prob, d, GRID, prob_threshold)


def traits(points, scores, outlines, shape):
    """(n, 3) what tells whether an object is real: log odds of its prob, ln of its area (px, at most LARGEST), distance of its
    centre from the frame's border (`shape`) in radii of the disc of that area (at most FARTHEST)."""
    area = np.sin(2 * np.pi / outlines.shape[1]) / 2 * (outlines * np.roll(outlines, 1, 1)).sum(1)
    y, x = points.T
    far = np.minimum.reduce([y, x, shape[0] - 1 - y, shape[1] - 1 - x]) / np.sqrt(area / np.pi)
    return np.stack([np.log(scores / (1 - np.minimum(scores, 1 - 1e-6))), np.minimum(np.log(area), LARGEST), np.minimum(far, FARTHEST)], 1)


def candidates(prob, dist, shape, prob_threshold, nms_threshold):
    """As `survivors`, without those that KEEP drops, as the product's manifest key `keep` has it. `shape` of the network's input."""
    points, scores, outlines = survivors(prob, dist, prob_threshold, nms_threshold)
    if len(points) == 0:
        return points, scores, outlines
    sure = traits(points, scores, outlines, shape) @ [KEEP["prob"], KEEP["area"], KEEP["border"]] + KEEP["offset"] > 0
    return points[sure], scores[sure], outlines[sure]


def join_edges(labels, image):
    """Labels (H, W) after the product's manifest key `edgeLevel`: background pixels beside an object (4 neighbours; the
    smallest label) join it where they reach EDGE_LEVEL of the typical object's contrast over the background."""
    count = np.bincount(labels.ravel())
    if len(count) < 2 or count[0] == 0:
        return labels
    mean = np.bincount(labels.ravel(), image.ravel())[1:][count[1:] > 0] / count[1:][count[1:] > 0]
    background, typical = np.median(image[labels == 0]), np.median(mean)
    if typical <= background:
        return labels
    near = np.pad(np.where(labels == 0, np.iinfo(np.int32).max, labels), 1, constant_values=np.iinfo(np.int32).max)
    near = np.minimum.reduce([near[1:-1, :-2], near[1:-1, 2:], near[:-2, 1:-1], near[2:, 1:-1]])
    joins = (labels == 0) & (near < np.iinfo(np.int32).max) & (image >= background + EDGE_LEVEL * (typical - background))
    return np.where(joins, near, labels).astype(np.int32)


def label(prob, dist, image, prob_threshold, nms_threshold):
    """Label image int32, of the shape of `image`, the grey values (raw or normalised)."""
    shape = image.shape
    points, scores, d = candidates(prob, dist, shape, prob_threshold, nms_threshold)
    if len(points) == 0:
        return np.zeros(shape, np.int32)
    return join_edges(polygons_to_label(d, points, shape=shape, prob=scores).astype(np.int32), image)


def average_precision(truth, predicted, thresholds):
    """[AP per IoU threshold], counts summed over all images: TP / (TP + FP + FN)."""
    return [matching_dataset(truth, predicted, thresh=t, show_progress=False).accuracy for t in thresholds]


def coverage(truth, predicted, field):
    """Detection by the rule "more than half of the reference object is covered" on one frame.

    Returns (found, references, matched predictions, predictions, matched or centred `field` px or more
    from the border, sum of IoU over all references)."""
    n, m = int(truth.max()) + 1, int(predicted.max()) + 1
    table = np.bincount(truth.ravel().astype(np.int64) * m + predicted.ravel(), minlength=n * m).reshape(n, m)
    area_t, area_p = table.sum(1), table.sum(0)
    refs = np.flatnonzero(area_t[1:]) + 1
    made = np.flatnonzero(area_p[1:]) + 1
    if not len(made):
        return 0, len(refs), 0, 0, 0, 0.0
    best = table[refs][:, 1:].argmax(1) + 1
    overlap = table[refs, best]
    hit = overlap * 2 > area_t[refs]
    iou = np.where(hit, overlap / (area_t[refs] + area_p[best] - overlap), 0)
    used = set(best[hit])
    centres = np.array(center_of_mass(predicted > 0, predicted, made))
    inside = ((centres >= field) & (centres < np.array(truth.shape) - field)).all(1) | np.isin(made, list(used))
    return int(hit.sum()), len(refs), len(used), len(made), int(inside.sum()), float(iou.sum())

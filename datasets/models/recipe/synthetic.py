"""Seeded synthetic nuclei: clean fields (no noise yet) with label images.

`field(seed, size)` -> image (size, size) float32, about 0 (background) to 1 or more (bright nuclei),
and labels (size, size) int32, 0 = background. Units are pixels. Noise, illumination and percentile
normalisation are added later by data.py, each time a patch is drawn.
"""
import cv2
import numpy as np

STYLES = ("textured", "flat", "blob", "dense", "large", "empty")
WEIGHTS = (0.30, 0.14, 0.20, 0.22, 0.10, 0.04)


def smooth_noise(rng, size, sigma):
    """(size, size) float32 noise of unit variance, correlation length sigma px."""
    step = max(1, int(sigma / 1.5))
    n = size // step + 2
    x = cv2.GaussianBlur(rng.standard_normal((n, n), dtype=np.float32), (0, 0), max(0.5, sigma / step))
    x = cv2.resize(x, (size, size), interpolation=cv2.INTER_CUBIC)
    return (x - x.mean()) / (x.std() + 1e-6)


def outline(rng, radius, aspect, wobble, angle):
    """Closed outline (64, 2) of (y, x) offsets: an ellipse deformed by Fourier modes 2 to 5."""
    t = np.linspace(0, 2 * np.pi, 64, endpoint=False)
    r = np.ones_like(t)
    for k in range(2, 6):
        r += wobble / k * rng.normal() * np.cos(k * t + rng.uniform(0, 2 * np.pi))
    a, b = radius * np.sqrt(aspect), radius / np.sqrt(aspect)
    y, x = b * r * np.sin(t), a * r * np.cos(t)
    c, s = np.cos(angle), np.sin(angle)
    return np.stack([c * y + s * x, -s * y + c * x], 1)


class Canvas:
    """Image and labels under construction; `add` paints one object where there is room."""

    def __init__(self, rng, size):
        self.rng, self.size = rng, size
        self.image = np.zeros((size, size), np.float32)
        self.labels = np.zeros((size, size), np.int32)
        self.count = 0
        self.texture = {}

    def noise(self, sigma):
        """Texture of about the asked correlation length, made once per field and length."""
        key = round(float(np.log2(max(sigma, 0.7))))
        if key not in self.texture:
            self.texture[key] = smooth_noise(self.rng, self.size, 2.0 ** key)
        return self.texture[key]

    def add(self, centre, shape, level, dome, texture, grain, nucleoli=0, blur=0.0, overlap=0.06, dark_gap=False, grow=0.0):
        """Paint one outline. Returns False (and paints nothing) where more than `overlap` is taken.

        `grow` px: how much wider the label is than the body (glare of bright objects)."""
        pts = shape + np.asarray(centre)
        lo = np.floor(pts.min(0) - 3 * blur - grow - 3).astype(int)
        hi = np.ceil(pts.max(0) + 3 * blur + grow + 4).astype(int)
        y0, x0 = np.maximum(lo, 0)
        y1, x1 = np.minimum(hi, self.size)
        if y1 - y0 < 4 or x1 - x0 < 4:
            return False
        mask = np.zeros((y1 - y0, x1 - x0), np.uint8)
        poly = np.round((pts[:, ::-1] - (x0, y0)) * 16).astype(np.int32)
        cv2.fillPoly(mask, [poly], 1, shift=4)
        inner = mask.copy() if grow else None
        if grow:
            cv2.polylines(mask, [poly], True, 1, thickness=max(1, round(2 * grow)), shift=4)
        view = self.labels[y0:y1, x0:x1]
        area = int(mask.sum())
        if area < 12 or np.count_nonzero(view[mask > 0]) > overlap * area:
            return False
        own = ((mask > 0) & (view == 0)).astype(np.uint8)
        if cv2.connectedComponents(own, connectivity=4)[0] != 2:
            return False
        body = (own & inner if grow else own).astype(np.float32)
        if dome > 0:
            edt = cv2.distanceTransform(cv2.copyMakeBorder(mask, 1, 1, 1, 1, cv2.BORDER_CONSTANT), cv2.DIST_L2, 3)[1:-1, 1:-1]
            h = np.clip(edt / (edt.max() + 1e-6), 0, 1)
            body *= (1 - dome) + dome * np.sqrt(np.clip(h * (2 - h), 0, 1))
        if texture > 0:
            body *= np.clip(1 + texture * self.noise(grain)[y0:y1, x0:x1], 0.15, 3)
        rad = np.sqrt(area / np.pi)
        for _ in range(nucleoli):
            a, r = self.rng.uniform(0, 2 * np.pi), rad * 0.6 * np.sqrt(self.rng.uniform())
            yy, xx = np.ogrid[y0:y1, x0:x1]
            d2 = (yy - centre[0] - r * np.sin(a)) ** 2 + (xx - centre[1] - r * np.cos(a)) ** 2
            body *= 1 - self.rng.uniform(0.2, 0.6) * np.exp(-d2 / (2 * (rad * self.rng.uniform(0.1, 0.2)) ** 2))
        if dark_gap:
            body *= cv2.erode(own, np.ones((3, 3), np.uint8), borderValue=1) * 0.6 + 0.4
        if blur > 0:
            body = cv2.GaussianBlur(body, (0, 0), blur)
        self.image[y0:y1, x0:x1] += level * body
        self.count += 1
        view[own > 0] = self.count
        return True


def mitotic(rng, canvas, centre, radius, level, angle):
    """One dividing cell: rounded prophase, metaphase plate, or an anaphase pair (two objects)."""
    kind = rng.choice(3, p=(0.4, 0.25, 0.35))
    bright = level * rng.uniform(1.5, 4.0)
    common = dict(dome=rng.uniform(0.2, 0.8), texture=rng.uniform(0, 0.3), grain=max(1.0, radius / 5),
                  grow=rng.uniform(0.3, 1.8) + rng.uniform(0.02, 0.22) * radius)
    if kind == 0:
        canvas.add(centre, outline(rng, radius * rng.uniform(0.65, 0.9), rng.uniform(1, 1.25), 0.06, angle), bright, **common)
    elif kind == 1:
        canvas.add(centre, outline(rng, radius * rng.uniform(0.5, 0.75), rng.uniform(1.8, 3.2), 0.05, angle), bright, **common)
    else:
        aspect = rng.uniform(1.2, 2.4)
        r = radius * rng.uniform(0.42, 0.65)
        gap = rng.uniform(1.05, 2.6) * 2 * r / np.sqrt(aspect)
        off = 0.5 * gap * np.array([np.cos(angle), -np.sin(angle)])  # across the plates
        for s in (-1, 1):
            tilt = angle + rng.normal(0, 0.15)
            canvas.add(np.asarray(centre) + s * off, outline(rng, r, aspect, 0.05, tilt), bright, overlap=0.15, **common)


def field(seed, size=384):
    """One clean synthetic field: (image float32, labels int32), both (size, size)."""
    rng = np.random.default_rng([20180, int(seed)])
    style = rng.choice(STYLES, p=WEIGHTS)
    canvas = Canvas(rng, size)
    lo, hi = {"large": (40, 90), "dense": (10, 32), "blob": (9, 40)}.get(style, (10, 60))
    diameter = float(np.exp(rng.uniform(np.log(lo), np.log(hi))))
    spread = rng.uniform(0.05, 0.28)
    cover = {"dense": rng.uniform(0.4, 0.85), "empty": 0.0}.get(style, rng.uniform(0.05, 0.6))
    count = int(cover * size ** 2 / (np.pi / 4 * diameter ** 2)) + (style != "empty")
    wobble = rng.uniform(0.0, 0.22) if style != "blob" else rng.uniform(0, 0.05)
    aspect_max = rng.uniform(1.05, 2.1)
    dome = {"blob": rng.uniform(0.5, 1.0), "flat": rng.uniform(0, 0.3)}.get(style, rng.uniform(0, 0.9))
    texture = 0.0 if style in ("blob", "flat") else rng.uniform(0.05, 0.45)
    level_spread = rng.uniform(0.05, 0.7)
    p_mitotic = rng.choice((0.02, 0.08, 0.16))
    p_dim = rng.choice((0.0, 0.1, 0.3))
    clustering = rng.uniform(0, 0.9)
    gap = rng.uniform() < 0.3
    overlap = rng.uniform(0.0, 0.12)
    grain = diameter / rng.uniform(5, 16)
    centres = []
    tries = 0
    while len(centres) < count and tries < 6 * count + 20:
        tries += 1
        radius = 0.5 * diameter * float(np.clip(np.exp(rng.normal(0, spread)), 0.45, 1.9))
        if centres and rng.uniform() < clustering:  # next to an earlier nucleus
            near, r0 = centres[rng.integers(len(centres))]
            a, d = rng.uniform(0, 2 * np.pi), (r0 + radius) * rng.uniform(0.85, 1.15)
            centre = near + d * np.array([np.sin(a), np.cos(a)])
        else:
            centre = rng.uniform(-0.3 * diameter, size + 0.3 * diameter, 2)
        if not np.all((centre > -radius) & (centre < size + radius)):
            continue
        angle = rng.uniform(0, np.pi)
        level = float(np.exp(rng.normal(0, level_spread)))
        if rng.uniform() < p_mitotic:
            mitotic(rng, canvas, centre, radius, level, angle)
        else:
            dim = rng.uniform() < p_dim
            ok = canvas.add(centre, outline(rng, radius, rng.uniform(1, aspect_max), wobble, angle),
                            level * (rng.uniform(0.2, 0.5) if dim else 1.0), dome, texture, grain,
                            nucleoli=int(rng.integers(0, 5)) if texture > 0.1 and radius > 8 else 0,
                            blur=rng.uniform(0.06, 0.2) * radius if dim or style == "blob" else 0.0,
                            overlap=overlap, dark_gap=gap)
            if not ok:
                continue
        centres.append((centre, radius))
    image = canvas.image
    if style != "empty":
        image = image / (np.percentile(image[canvas.labels > 0], 90) + 1e-6) if canvas.count else image
    if rng.uniform() < 0.35:  # haze: light scattered from the nuclei
        image = image + rng.uniform(0.1, 0.6) * cv2.GaussianBlur(image, (0, 0), diameter * rng.uniform(0.3, 1.2))
    if rng.uniform() < 0.25:  # debris, not labelled: much smaller than nuclei
        for _ in range(rng.integers(1, 12)):
            y, x = rng.integers(0, size, 2)
            cv2.circle(image, (int(x), int(y)), int(rng.integers(0, 2)), float(rng.uniform(0.2, 1.5)), -1)
    image = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.5, 1.2) + rng.uniform(0, 0.05) * diameter)
    return image.astype(np.float32), canvas.labels

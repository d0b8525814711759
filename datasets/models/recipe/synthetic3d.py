"""Synthetic 3D fields of fluorescent nuclei with exact labels, seen through a microscope: the light that reaches the camera.

`volume(seed, kind)` gives what a camera would see without noise, the labels, and the anisotropy (z step over pixel).
Lengths are xy pixels, z included, unless they are called planes. Everything follows from the seed.
"""
import numba
import numpy as np
from scipy.ndimage import gaussian_filter1d, zoom

# Size of a bank volume and of the patches cut from it, (z, y, x), and the range of anisotropies, for each class of stack.
CLASSES = {
    "isotropic": dict(size=(48, 112, 112), patch=(32, 64, 64), anisotropy=(1.0, 2.2), diameter=(7.0, 26.0)),
    "medium": dict(size=(32, 144, 144), patch=(24, 80, 80), anisotropy=(1.8, 3.8), diameter=(6.5, 34.0)),
    "thin": dict(size=(24, 160, 160), patch=(16, 96, 96), anisotropy=(2.8, 6.3), diameter=(7.0, 40.0)),
}
LEAST_PLANES = 1.8  # no nucleus is meant to be thinner than this many planes
N_WAVES, N_MODES = 10, 4


def log_uniform(rng, lo, hi):
    return float(np.exp(rng.uniform(np.log(lo), np.log(hi))))


def directions(rng, n):
    v = rng.standard_normal((n, 3))
    return v / np.linalg.norm(v, axis=1, keepdims=True)


def rotation_to(rng, axis):
    """Rows: an orthonormal frame whose first row is `axis`."""
    u = np.asarray(axis, float) / np.linalg.norm(axis)
    v = np.cross(u, directions(rng, 1)[0])
    v /= np.linalg.norm(v)
    return np.stack([u, v, np.cross(u, v)])


@numba.njit(cache=True)
def relax(centres, radii, stretch, fixed, rounds, squeeze):
    """Pushes ellipsoids apart that overlap, as spheres in the frame where `stretch` (z) is taken out; `fixed` axes do not move."""
    n = len(radii)
    for _ in range(rounds):
        for i in range(n):
            for j in range(i):
                reach = squeeze * (radii[i] + radii[j])
                dz = (centres[i, 0] - centres[j, 0]) / stretch
                if abs(dz) >= reach:
                    continue
                dy = centres[i, 1] - centres[j, 1]
                dx = centres[i, 2] - centres[j, 2]
                d2 = dz * dz + dy * dy + dx * dx
                if d2 >= reach * reach or d2 < 1e-9:
                    continue
                d = np.sqrt(d2)
                push = 0.25 * (reach - d) / d
                if not fixed[0]:
                    centres[i, 0] += push * dz * stretch
                    centres[j, 0] -= push * dz * stretch
                centres[i, 1] += push * dy
                centres[j, 1] -= push * dy
                centres[i, 2] += push * dx
                centres[j, 2] -= push * dx


@numba.njit(cache=True)
def paint(light, labels, near, a, label, centre, unit, reach, modes, waves, depth, level, dome):
    """Paints one nucleus where it is nearer than all others, in units of its own radius; label 0 leaves the labels alone.

    unit: (3, 3) rows turn px into the nucleus's frame, where its surface is about the unit sphere. modes (k, 6): amplitude,
    number, phase, direction of the bumps; waves (k, 5): wave vector, phase, amplitude of the texture.
    """
    nz, ny, nx = light.shape
    z0, z1 = max(0, int(np.ceil((centre[0] - reach[0]) / a))), min(nz - 1, int(np.floor((centre[0] + reach[0]) / a)))
    y0, y1 = max(0, int(np.ceil(centre[1] - reach[1]))), min(ny - 1, int(np.floor(centre[1] + reach[1])))
    x0, x1 = max(0, int(np.ceil(centre[2] - reach[2]))), min(nx - 1, int(np.floor(centre[2] + reach[2])))
    for z in range(z0, z1 + 1):
        dz = z * a - centre[0]
        for y in range(y0, y1 + 1):
            dy = y - centre[1]
            for x in range(x0, x1 + 1):
                dx = x - centre[2]
                u = unit[0, 0] * dz + unit[0, 1] * dy + unit[0, 2] * dx
                v = unit[1, 0] * dz + unit[1, 1] * dy + unit[1, 2] * dx
                w = unit[2, 0] * dz + unit[2, 1] * dy + unit[2, 2] * dx
                r = np.sqrt(u * u + v * v + w * w)
                if r > 1.45:
                    continue
                surface = 1.0
                if r > 1e-6:
                    for k in range(modes.shape[0]):
                        dot = (modes[k, 3] * u + modes[k, 4] * v + modes[k, 5] * w) / r
                        surface += modes[k, 0] * np.cos(modes[k, 1] * dot + modes[k, 2])
                r /= surface
                if r >= 1 or r >= near[z, y, x]:
                    continue
                near[z, y, x] = r
                grain = 0.0
                for k in range(waves.shape[0]):
                    grain += waves[k, 4] * np.cos(waves[k, 0] * u + waves[k, 1] * v + waves[k, 2] * w + waves[k, 3])
                light[z, y, x] = level * max(0.1, 1 + depth * grain) * (1 - dome * r * r)
                if label > 0:
                    labels[z, y, x] = label


class Field:
    """Nuclei painted into a volume one after another."""

    def __init__(self, rng, size, a):
        self.rng, self.a = rng, a
        self.light = np.zeros(size, np.float32)
        self.labels = np.zeros(size, np.uint16)
        self.near = np.full(size, np.inf, np.float32)
        self.count = 0

    def add(self, centre, radii, frame, level, bumps=0.06, texture=0.2, grain=6.0, dome=0.2, labelled=True):
        """One nucleus with semi-axes `radii` (px) along the rows of `frame`."""
        rng = self.rng
        number = np.arange(2, 2 + N_MODES)
        modes = np.column_stack([bumps * rng.uniform(0.4, 1.6, N_MODES) * 2 / number, number, rng.uniform(0, 6.28, N_MODES), directions(rng, N_MODES)])
        length = grain * np.exp(rng.uniform(-0.7, 0.7, N_WAVES))
        waves = np.column_stack([directions(rng, N_WAVES) * length[:, None], rng.uniform(0, 6.28, N_WAVES), np.full(N_WAVES, np.sqrt(2 / N_WAVES))])
        swell = 1 + modes[:, 0].sum()
        reach = swell * np.sqrt(((np.asarray(radii)[:, None] * frame) ** 2).sum(0)) + 1
        if labelled:
            self.count += 1
        paint(self.light, self.labels, self.near, self.a, self.count if labelled else 0, np.asarray(centre, float),
              np.ascontiguousarray(frame / np.asarray(radii)[:, None]), reach, modes, waves, texture, level, dome)


def place_crowd(rng, extent, radius, spread, fill):
    """Centres and radii of nuclei that fill a ball-like or whole region to the share `fill` of its volume."""
    inside = rng.uniform() < 0.6
    half = np.array([extent[0] * rng.uniform(0.45, 0.9), *(np.array(extent[1:]) * rng.uniform(0.3, 0.6))]) if inside else np.array(extent) * 0.5 + radius
    middle = np.array(extent) * rng.uniform(0.35, 0.65, 3)
    room = 4 / 3 * np.pi * half.prod() if inside else 8 * half.prod()
    n = int(np.clip(fill * room / (4 / 3 * np.pi * radius ** 3), 2, 900))
    p = directions(rng, n) * rng.uniform(size=(n, 1)) ** (1 / 3) if inside else rng.uniform(-1, 1, (n, 3))
    return middle + p * half, radius * np.clip(np.exp(rng.normal(0, spread, n)), 0.55, 1.8)


def place_sheet(rng, extent, radius, spread, tight):
    """Centres, radii and normals on one to three curved layers, and the height (y, x) of the last one."""
    ez, ey, ex = extent
    pitch = 2 * radius * tight
    g = np.stack(np.meshgrid(np.arange(-radius, ey + radius, pitch * 0.87), np.arange(-radius, ex + radius, pitch), indexing="ij"), -1)
    g[1::2, :, 1] += pitch / 2
    yx = g.reshape(-1, 2) + rng.normal(0, 0.14 * pitch, (g.shape[0] * g.shape[1], 2))
    top, tilt = ez * rng.uniform(0.15, 0.6), rng.normal(0, 0.15, 2)
    bend = rng.uniform(-0.2, 1.0) * ez / (0.5 * (ey ** 2 + ex ** 2) / 4)
    off = yx - np.array([ey, ex]) * rng.uniform(0.2, 0.8, 2)
    z = top + off @ tilt + bend * (off ** 2).sum(1)
    normal = np.column_stack([np.ones(len(z)), -tilt - 2 * bend * off])
    layers = int(rng.choice((1, 1, 1, 2, 3)))
    gap = 2.1 * radius * rng.uniform(1.0, 1.7)
    centres = np.concatenate([np.column_stack([z + k * gap, yx + (k % 2) * pitch / 2]) for k in range(layers)])
    centres[:, 0] += rng.normal(0, rng.uniform(0.05, 0.5) * radius, len(centres))
    normal = np.tile(normal, (layers, 1)) / np.linalg.norm(normal, axis=1).mean()
    keep = (centres[:, 0] > -2 * radius) & (centres[:, 0] < ez + 2 * radius) & (rng.uniform(size=len(centres)) > rng.choice((0, 0.05, 0.3)))
    oy, ox = np.arange(ey)[:, None] - (yx - off)[0, 0], np.arange(ex)[None] - (yx - off)[0, 1]
    floor = top + tilt[0] * oy + tilt[1] * ox + bend * (oy ** 2 + ox ** 2) + (layers - 1) * gap
    return centres[keep], radius * np.clip(np.exp(rng.normal(0, spread, keep.sum())), 0.6, 1.6), normal[keep], floor.astype(np.float32)


def divide(rng, field, centre, radius, level, elongate, common):
    """One dividing cell: rounded prophase, plate, or a pair of fresh daughters (two objects)."""
    axis = directions(rng, 1)[0] * np.array([rng.uniform(0.3, 1), 1, 1])
    frame = rotation_to(rng, axis)
    bright, kind = level * rng.uniform(1.2, 2.8), rng.choice(3, p=(0.25, 0.3, 0.45))
    style = {**common, "texture": 0.4 * common["texture"], "bumps": 0.6 * common["bumps"]}
    if kind == 0:
        return field.add(centre, radius * rng.uniform(0.75, 0.95) * np.ones(3), frame, bright, **style)
    if kind == 1:
        return field.add(centre, radius * np.array([rng.uniform(0.33, 0.5), 0.9, rng.uniform(0.75, 0.95)]), frame, bright, **style)
    along, across = radius * rng.uniform(0.38, 0.72), radius * rng.uniform(0.68, 0.9)
    half = along * rng.uniform(1.05, 2.0)
    for side in (-1, 1):
        field.add(centre + side * half * frame[0], (along, across, across * rng.uniform(0.85, 1)), frame, bright, **style)


def scene(rng, size, a, diameter, layout=None):
    """(field, height (y, x) in px of the last layer of a sheet or None)."""
    extent = np.array(size) * (a, 1, 1)
    radius, spread = diameter / 2, rng.uniform(0.03, 0.22)
    drawn = rng.choice(("crowd", "sparse", "sheet"), p=(0.45, 0.15, 0.4))
    layout = layout or drawn
    field, floor = Field(rng, size, a), None
    flat = max(1.0, LEAST_PLANES * a / diameter)
    tall = flat * (rng.uniform(1.0, 3.4) if layout == "sheet" else 1.0)
    if layout == "sheet":
        centres, radii, normals, floor = place_sheet(rng, extent, radius, spread, rng.uniform(0.95, 1.5))
        relax(centres, radii, tall, np.array([True, False, False]), 20, rng.uniform(0.85, 1.0))
    else:
        fill = rng.uniform(0.15, 0.5) if layout == "crowd" else rng.uniform(0.01, 0.12)
        centres, radii = place_crowd(rng, extent, radius * tall ** (1 / 3), spread, fill)
        radii = radii / tall ** (1 / 3)
        normals = np.tile([1.0, 0, 0], (len(radii), 1))
        relax(centres, radii, tall, np.array([False, False, False]), 30, rng.uniform(0.85, 1.08))
    aspect, wobble = rng.uniform(1.05, 1.9), rng.uniform(0.01, 0.09)
    level_spread, p_dim, p_divide, p_dying = rng.uniform(0.05, 0.5), rng.choice((0, 0, 0.15)), rng.choice((0.0, 0.06, 0.2)), rng.choice((0, 0, 0.04))
    common = dict(bumps=wobble, texture=rng.uniform(0, 0.4), grain=rng.uniform(2.5, 9), dome=rng.uniform(0, 0.6))
    for c, r, normal in zip(centres, radii, normals):
        level = float(np.exp(rng.normal(0, level_spread))) * (rng.uniform(0.3, 0.6) if rng.uniform() < p_dim else 1)
        if rng.uniform() < p_divide:
            divide(rng, field, c, r * tall ** 0.2, level, tall, common)
        elif rng.uniform() < p_dying:  # fragments, not labelled
            for _ in range(rng.integers(2, 6)):
                field.add(c + directions(rng, 1)[0] * r * rng.uniform(0.3, 1.2), r * rng.uniform(0.12, 0.28) * np.ones(3), np.eye(3), level * 1.8, labelled=False, **common)
        elif layout == "sheet" or tall > 1.05:
            s = np.exp(rng.normal(0, 0.12, 2))
            tilt = normal + rng.normal(0, 0.12, 3)
            field.add(c, (r * tall * np.exp(rng.normal(0, 0.1)), r * s[0], r * s[1]), rotation_to(rng, tilt), level, **common)
        else:
            s = aspect ** rng.uniform(0, 1)
            flip = rng.uniform() < 0.3
            axes = np.array([s ** (2 / 3), s ** (-1 / 3), s ** (-1 / 3)]) ** (-1 if flip else 1)
            field.add(c, r * axes, rotation_to(rng, directions(rng, 1)[0]), level, **common)
    return field, floor


def smooth_noise(rng, size, knots):
    """(size) float32 smooth random field of about unit deviation, `knots` control points along each axis."""
    g = rng.standard_normal([max(2, int(k)) for k in knots]).astype(np.float32)
    g = zoom(g, [n / m for n, m in zip(size, g.shape)], order=1, mode="nearest", grid_mode=True)
    return g[: size[0], : size[1], : size[2]]


def blur(volume, planes, pixels):
    out = gaussian_filter1d(volume, planes, 0, mode="nearest", truncate=3) if planes > 0.15 else volume
    for axis in (1, 2):
        out = gaussian_filter1d(out, pixels, axis, mode="nearest", truncate=3)
    return out


def wide_blur(volume, planes, pixels):
    """`blur` at a quarter of the resolution in y and x."""
    small = volume[:, : volume.shape[1] // 4 * 4, : volume.shape[2] // 4 * 4]
    small = small.reshape(small.shape[0], small.shape[1] // 4, 4, small.shape[2] // 4, 4).mean((2, 4))
    small = blur(small, planes, pixels / 4)
    return zoom(small, (1, volume.shape[1] / small.shape[1], volume.shape[2] / small.shape[2]), order=1, mode="nearest", grid_mode=True)


def microscope(rng, field, a, diameter, floor):
    """What reaches the camera: signal lost with depth and tissue, PSF that widens with depth, haze, background, stripes, vignette."""
    light, size = field.light, field.light.shape
    nz, ny, nx = size
    depth = np.linspace(0, 1, nz, dtype=np.float32)[:, None, None]
    if rng.uniform() < 0.5:
        depth = depth[::-1]
    if rng.uniform() < 0.7:
        light = light * np.exp(-rng.uniform(0, 1.6) * depth)
    if rng.uniform() < (0.4 if floor is None else 0.65):  # tissue above takes light away
        mass = np.cumsum(wide_blur(light, 0.5, 0.4 * diameter), 0) * a / diameter
        light = light * np.exp(-log_uniform(rng, 0.05, 0.35 if floor is None else 0.8) * mass)
    sharp = rng.uniform(0.45, 0.85) + rng.uniform(0, 0.04) * diameter
    long = min(sharp * rng.uniform(1.3, 4.5), 0.38 * diameter) / a
    out = blur(light, long, sharp)
    if rng.uniform() < 0.6:
        far = blur(light, 1.2 * long, sharp * rng.uniform(1.3, 2.4))
        out = out + depth * (far - out)
    if rng.uniform() < 0.7:  # out-of-focus light
        share = rng.uniform(0.05, 0.5)
        out = (1 - 0.5 * share) * out + 1.5 * share * wide_blur(light, diameter * rng.uniform(0.4, 1.2) / a, diameter * rng.uniform(0.5, 1.6))
    if floor is not None and rng.uniform() < 0.85:  # yolk or tissue behind a sheet, with lumps as large as nuclei
        z = np.arange(nz, dtype=np.float32)[:, None, None] * a
        top = floor if rng.uniform() < 0.7 else floor.mean()
        edge = 1 / (1 + np.exp(-np.clip((z - top - diameter * rng.uniform(-0.1, 2.0)) / (rng.uniform(0.1, 0.6) * diameter), -30, 30)))
        lumps = sum(smooth_noise(rng, size, np.array([nz * a, ny, nx]) / (diameter * s * np.array([1.5, 1, 1])) + 2) for s in np.exp(rng.uniform(-1, 1.4, 2)))
        out = out + edge * rng.uniform(0.05, 0.65) * np.maximum(0.1, 1 + log_uniform(rng, 0.05, 0.4) * lumps)
    if rng.uniform() < 0.5:  # background structure
        out = out + log_uniform(rng, 0.01, 0.15) * smooth_noise(rng, size, (3, rng.integers(2, 8), rng.integers(2, 8)))
    if rng.uniform() < 0.25:  # stripes of a light sheet
        stripes = gaussian_filter1d(rng.standard_normal((nz, ny, 1)).astype(np.float32), rng.uniform(0.8, 3), 1)
        out = out * (1 + rng.uniform(0.02, 0.15) * stripes / (stripes.std() + 1e-6))
    if rng.uniform() < 0.5:
        y, x = (np.arange(n, dtype=np.float32)[s] / n - rng.uniform(0.35, 0.65) for n, s in ((ny, np.s_[:, None]), (nx, np.s_[None])))
        out = out * (1 - rng.uniform(0, 0.7) * (y ** 2 + x ** 2))
    top = np.percentile(out[field.labels > 0], 90) if field.count else 1.0
    return np.maximum(out / (top + 1e-6), -0.2).astype(np.float32)


def volume(seed, kind, layout=None):
    """One field: (image float32, labels uint16, anisotropy), both of the size of the class (a name, or such a dict); nuclei are about 1 bright."""
    rng = np.random.default_rng([31, int(seed)])
    spec = CLASSES[kind] if isinstance(kind, str) else kind
    a = log_uniform(rng, *spec["anisotropy"])
    lo, hi = spec["diameter"]
    diameter = log_uniform(rng, max(lo, 1.3 * a), hi)
    field, floor = scene(rng, spec["size"], a, diameter, layout)
    return microscope(rng, field, a, diameter, floor), field.labels, a

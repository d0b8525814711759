/** A normalised Gaussian kernel of odd length, cut at three standard deviations; sigma in pixels. */
export function gaussianKernel(sigma: number): Float64Array {
  const reach = Math.max(0, Math.ceil(3 * sigma));
  const kernel = new Float64Array(2 * reach + 1);
  for (let k = -reach; k <= reach; k++) kernel[k + reach] = sigma > 0 ? Math.exp(-0.5 * (k / sigma) ** 2) : 1;
  const sum = kernel.reduce((total, weight) => total + weight, 0);
  return kernel.map((weight) => weight / sum);
}

/**
 * Convolves `count` lines along one axis of a C-order array: `lines` groups of `length` slices, each slice `width`
 * neighbouring elements. The border value is repeated. `out` must not be `data`.
 */
export function blurAxis(
  data: Float32Array,
  out: Float32Array,
  axis: { groups: number; length: number; width: number },
  kernel: Float64Array,
): void {
  const { groups, length, width } = axis;
  const reach = (kernel.length - 1) / 2;
  for (let group = 0; group < groups; group++) {
    const base = group * length * width;
    for (let i = 0; i < length; i++) {
      const to = base + i * width;
      out.fill(0, to, to + width);
      for (let k = -reach; k <= reach; k++) {
        const weight = kernel[k + reach];
        const from = base + Math.min(length - 1, Math.max(0, i + k)) * width;
        for (let j = 0; j < width; j++) out[to + j] += weight * data[from + j];
      }
    }
  }
}

/** Convolves the rows of an image (last axis) with `kernel`; the border value is repeated. */
function blurRows(
  data: Float32Array,
  out: Float32Array,
  rows: number,
  width: number,
  kernel: Float64Array,
): void {
  const reach = (kernel.length - 1) / 2;
  const line = new Float64Array(width + 2 * reach);
  for (let row = 0; row < rows; row++) {
    const base = row * width;
    line.fill(data[base], 0, reach);
    for (let x = 0; x < width; x++) line[reach + x] = data[base + x];
    line.fill(data[base + width - 1], reach + width);
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let k = 0; k < kernel.length; k++) sum += kernel[k] * line[x + k];
      out[base + x] = sum;
    }
  }
}

/** Blurs one plane `[y, x]` in place with a Gaussian of `sigma` pixels on both axes. */
export function blurPlane(
  plane: Float32Array,
  scratch: Float32Array,
  ny: number,
  nx: number,
  sigma: number,
): void {
  const kernel = gaussianKernel(sigma);
  blurRows(plane, scratch, ny, nx, kernel);
  blurAxis(scratch, plane, { groups: 1, length: ny, width: nx }, kernel);
}

/** A wide blur: the plane is averaged over blocks of `step`, blurred there and interpolated. Returns a new plane. */
export function blurWide(
  plane: Float32Array,
  ny: number,
  nx: number,
  sigma: number,
  step: number,
): Float32Array {
  const my = Math.ceil(ny / step);
  const mx = Math.ceil(nx / step);
  const small = new Float32Array(my * mx);
  const count = new Float32Array(my * mx);
  for (let y = 0; y < ny; y++) {
    for (let x = 0; x < nx; x++) {
      const at = Math.floor(y / step) * mx + Math.floor(x / step);
      small[at] += plane[y * nx + x];
      count[at]++;
    }
  }
  for (let i = 0; i < small.length; i++) small[i] /= count[i];
  blurPlane(small, new Float32Array(small.length), my, mx, sigma / step);

  const out = new Float32Array(ny * nx);
  for (let y = 0; y < ny; y++) {
    const fy = Math.min(my - 1, Math.max(0, (y + 0.5) / step - 0.5));
    const y0 = Math.floor(fy);
    const y1 = Math.min(my - 1, y0 + 1);
    for (let x = 0; x < nx; x++) {
      const fx = Math.min(mx - 1, Math.max(0, (x + 0.5) / step - 0.5));
      const x0 = Math.floor(fx);
      const x1 = Math.min(mx - 1, x0 + 1);
      const top = small[y0 * mx + x0] * (1 - fx + x0) + small[y0 * mx + x1] * (fx - x0);
      const bottom = small[y1 * mx + x0] * (1 - fx + x0) + small[y1 * mx + x1] * (fx - x0);
      out[y * nx + x] = top * (1 - fy + y0) + bottom * (fy - y0);
    }
  }
  return out;
}

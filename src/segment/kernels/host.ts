/** What the caller lends to the kernels: `clipArea` of clipArea.ts, of polygons of n vertices (i32) each. */
export declare function clipArea(ay: usize, ax: usize, by: usize, bx: usize, n: i32): f64;

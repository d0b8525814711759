/** Axis order of a network's input and outputs, in 2D and in 3D. */
export type PlaneLayout = 'NCHW' | 'NHWC';
export type VolumeLayout = 'NCDHW' | 'NDHWC';
export type Layout = PlaneLayout | VolumeLayout;

/** One number for each axis of a volume, `[z, y, x]`. */
export type Triple = readonly [number, number, number];

/** What a network runs on; `auto` = the fastest that is there. */
export type Device = 'auto' | 'cpu' | 'webgpu' | 'cuda' | 'coreml' | 'dml';

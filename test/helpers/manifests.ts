/** What the manifests of made-up StarDist networks share, in 2D and 3D. */
export const starCommon = {
  kind: 'stardist',
  objectDiameterPx: null,
  diameterRangePx: null,
  probActivation: 'none',
  outputs: { prob: 'prob', dist: 'dist' },
  concatenated: false,
  sparseLattice: false,
  border: 0,
  borderRule: 'frame',
} as const;

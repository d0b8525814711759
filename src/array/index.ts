export type { Dtype, NdArray, TypedArray } from './ndarray.ts';
export { allocate, bytesOf, dtypeOf, isDtype, sizeOf, viewAs } from './ndarray.ts';
export type { Random } from './random.ts';
export { createRandom } from './random.ts';
export { gather, takeRows } from './rows.ts';

export type { ImportReport } from './importModel.ts';
export { importModel } from './importModel.ts';

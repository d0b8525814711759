export type { ImportReport } from './importModel.ts';

/** As in `importModel.ts`, whose readers are loaded with the first call: threads that segment do without them. */
export const importModel: typeof import('./importModel.ts').importModel = async (...args) =>
  (await import('./importModel.ts')).importModel(...args);

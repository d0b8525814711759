export type { ExportedPage } from './exportPage.ts';
export { exportPage } from './exportPage.ts';
export type { ViewServer } from './server.ts';
export { serveResult } from './server.ts';

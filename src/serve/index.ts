export type { ViewServer } from './server.ts';
export { serveResult } from './server.ts';

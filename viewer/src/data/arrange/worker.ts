import { type Arrangement, arrange } from './arrange.ts';

/** Arranges rows beside the page. */
self.onmessage = ({ data }: MessageEvent<{ id: number; arrangement: Arrangement }>) => {
  const rows = arrange(data.arrangement);
  self.postMessage({ id: data.id, rows }, { transfer: [rows.buffer as ArrayBuffer] });
};

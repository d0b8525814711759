import type { LabelImage } from '../../src/segment/types.ts';
import { commitFrames, type FrameReport, packFrame } from '../../src/store/frames.ts';
import type { FrameTable } from '../../src/store/frameTable.ts';
import type { FrameMarker } from '../../src/store/types.ts';

/** Commits one frame as `segment` does, in one step. @param labels null for imported points */
export async function commitFrame(
  folder: string,
  key: string,
  table: FrameTable,
  labels: LabelImage | null,
  report: FrameReport,
): Promise<FrameMarker> {
  const [marker] = await commitFrames(folder, [await packFrame(folder, key, table, labels, report)]);
  return marker!;
}

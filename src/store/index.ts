export { clearBlocks, shareBlocks, sharedRunner } from './blocks.ts';
export { stageKey } from './canonical.ts';
export type { EditLog, EditLogWriter } from './editLog.ts';
export { openEditLog, readEditLog, TOO_FEW } from './editLog.ts';
export type { Findings } from './findings.ts';
export { readFindings, writeFindings } from './findings.ts';
export type { FrameReport } from './frames.ts';
export {
  commitFrames,
  joinFrames,
  loadDetections,
  loadWeak,
  missingFrames,
  packFrame,
  readMarkerFile,
  readMarkers,
  surveyFrames,
} from './frames.ts';
export type { FrameTable } from './frameTable.ts';
export { decodeFrameTable, equivalentRadius, joinTables, sliceTable, toPhysical } from './frameTable.ts';
export { readLabels } from './labels.ts';
export { layout } from './layout.ts';
export type { LinksMarker } from './links.ts';
export {
  commitLinksMarker,
  linkKey,
  linksFileStands,
  linksStand,
  loadLinks,
  readLinksMarker,
  removeLinksMarker,
  writeLinks,
} from './links.ts';
export { takeLock } from './lock.ts';
export type { PlanContent, PlanFile, SaidOptions } from './planFile.ts';
export {
  describePlanChange,
  planId,
  readPlanFile,
  sameLinkSettings,
  writePlanFile,
} from './planFile.ts';
export type { Rescued } from './rescued.ts';
export { commitRescued, drawRuns, rescuedStand, withoutRescued } from './rescued.ts';
export { readRescued } from './rescuedTable.ts';
export type { EditedResult, ResultPlan } from './result.ts';
export { loadBase, loadResult, openResult, prepareResult, segmentKey } from './result.ts';
export { inspectRunFile, readRunFile, runFileError, writeRunFile } from './runFile.ts';
export type {
  BlockSharing,
  FrameMarker,
  LinkSettings,
  Output,
  PackedFrame,
  RunFile,
  SegmentSettings,
  StoredMovie,
  Summary,
} from './types.ts';
export { storeMovie } from './types.ts';
export type { WeakTable } from './weakTable.ts';

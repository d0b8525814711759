import { sha256Hex } from '../codec/files.ts';
import type { RowMarks } from '../exchange/index.ts';
import { frameStarts, prepareEdit, refOfRow, replay } from '../lineage/index.ts';
import type { Command, Lineage, NodeRef } from '../lineage/types.ts';
import { openEditLog, type RunFile } from '../store/index.ts';
import { publishLocked } from './publish.ts';

/** Commands of one edit at most, and detections of one command, as every edit has them. */
const MOST = 100_000;

/** What a file calls its cells, as commands, and what had to be left out, one line each. */
interface Said {
  commands: Command[];
  warnings: string[];
}

/** Values by tracklet, where its rows agree; how many tracklets have rows that differ. */
function byCell<T>(
  { tracklet }: Lineage,
  values: ReadonlyMap<number, T>,
): { agreed: Map<number, T>; differing: number } {
  const agreed = new Map<number, T>();
  const differing = new Set<number>();
  for (const [row, value] of values) {
    const cell = tracklet[row];
    const before = agreed.get(cell);
    if (before !== undefined && before !== value) differing.add(cell);
    agreed.set(cell, value);
  }
  for (const cell of differing) agreed.delete(cell);
  return { agreed, differing: differing.size };
}

/** Rows by what they are marked with. */
function rowsOf(marks: ReadonlyMap<number, readonly string[]>): Map<string, number[]> {
  const rows = new Map<string, number[]>();
  for (const [row, texts] of marks) {
    for (const text of texts) {
      const list = rows.get(text);
      if (list) list.push(row);
      else rows.set(text, [row]);
    }
  }
  return rows;
}

function commandsOf(lineage: Lineage, marks: RowMarks): Said {
  const { detections, tracklets, childA } = lineage;
  const start = frameStarts(detections);
  const ref = (row: number): NodeRef => refOfRow(detections, start, row);
  const first = (cell: number): NodeRef => ref(tracklets.firstNode[cell - 1]);
  const names = byCell(lineage, marks.names);
  const colours = byCell(lineage, marks.colours);
  const commands: Command[] = [];
  for (const [cell, name] of names.agreed) commands.push({ do: 'name', node: first(cell), name });
  for (const [cell, colour] of colours.agreed) commands.push({ do: 'colour', node: first(cell), colour });
  for (const [row, kind] of marks.ends)
    if (childA[row] < 0) commands.push({ do: 'end', node: ref(row), kind });
  for (const [tag, rows] of rowsOf(marks.tags))
    for (let k = 0; k < rows.length; k += MOST)
      commands.push({ do: 'tag', nodes: rows.slice(k, k + MOST).map(ref), tag, on: true });
  const groups = [...rowsOf(marks.groups)];
  const held = groups.filter(([, rows]) => rows.length <= MOST);
  for (const [name, rows] of held) commands.push({ do: 'group', name, nodes: rows.map(ref) });
  const warnings: string[] = [];
  const left = (what: string, count: number): void => {
    if (count > 0) warnings.push(`import: ${what} that differ along a track were left out: ${count} tracks`);
  };
  left('names', names.differing);
  left('colours', colours.differing);
  if (held.length < groups.length)
    warnings.push(
      `import: groups of more than ${MOST} detections were left out: ${groups.length - held.length}`,
    );
  if (commands.length > MOST) {
    warnings.push(
      `import: names and the like were left out from the ${MOST + 1}th on, of ${commands.length}`,
    );
    commands.length = MOST;
  }
  return { commands, warnings };
}

/**
 * Writes what a file calls its cells into the edit log of the result that was made of it, as one edit, and graph and
 * tables anew. The same file again adds nothing. The result must be locked and linked.
 *
 * @param lineage of the result before edits
 * @param name of the file, for the history
 * @returns what had to be left out, one line each
 */
export async function importMarks(
  folder: string,
  run: RunFile,
  lineage: Lineage,
  marks: RowMarks,
  name: string,
): Promise<string[]> {
  const { commands, warnings } = commandsOf(lineage, marks);
  if (commands.length === 0) return warnings;
  const id = `import-${sha256Hex(JSON.stringify(commands)).slice(0, 40)}`;
  const writer = await openEditLog(folder, run.segmentKey);
  try {
    const history = replay(lineage, run.hasLabels, writer.log.entries);
    if (!history.byId.has(id)) {
      const label = `names and the like of ${name}`.slice(0, 200);
      const request = { id, by: '', at: new Date().toISOString() };
      const prepared = prepareEdit(history, request, { do: 'many', commands, label }, []);
      if ('entry' in prepared) await writer.append(prepared.entry);
    }
  } finally {
    await writer.close();
  }
  await publishLocked(folder, run);
  return warnings;
}

import { readdirSync, readFileSync } from 'node:fs';

const TICKS_PER_SECOND = 100;

/** What the processes of a group hold and have used; zeros where the system does not tell. */
export interface GroupUsage {
  /** Processor time of those alive and of their ended children, seconds. */
  cpuSeconds: number;
  /** Sum of each one's own peak, megabytes. */
  peakMb: number;
}

/** Adds up the processes of group `pid`. Source: Linux proc(5), `stat`, `status`. */
export function groupUsage(pid: number | undefined): GroupUsage {
  let [ticks, kilobytes] = [0, 0];
  for (const name of procs()) {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (Number(fields[2]) !== pid) continue;
      for (const field of [11, 12, 13, 14]) ticks += Number(fields[field]);
      const status = readFileSync(`/proc/${name}/status`, 'latin1');
      kilobytes += Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? 0);
    } catch {
      // Processes come and go while one looks.
    }
  }
  return { cpuSeconds: ticks / TICKS_PER_SECOND, peakMb: kilobytes / 1024 };
}

function procs(): string[] {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}

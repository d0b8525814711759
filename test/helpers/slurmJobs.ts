import { readdirSync, readFileSync } from 'node:fs';

/** A job of a SLURM that runs on this machine. */
export interface RunningJob {
  job: string;
  node: string;
  /** What its script was called with: a gate's stage and so on; empty for a task. */
  words: string;
  /** The daemon that watches over it. */
  keeper: number;
  /** Every process of it, the script first. */
  pids: number[];
}

/** Text of a file of /proc; empty for a process that is gone. */
function read(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'latin1');
  } catch {
    return '';
  }
}

/** Jobs of the SLURM of this configuration, found by what the environment of their processes says. Linux only. */
export function runningJobs(conf: string): RunningJob[] {
  const found = new Map<string, RunningJob>();
  const pids = readdirSync('/proc').map(Number).filter(Number.isInteger);
  for (const pid of pids.sort((a, b) => a - b)) {
    const variables = read(pid, 'environ').split('\0');
    const value = (name: string): string | undefined =>
      variables.find((line) => line.startsWith(`${name}=`))?.slice(name.length + 1);
    const [node, job] = [value('SLURMD_NODENAME'), value('SLURM_JOB_ID')];
    if (value('SLURM_CONF') !== conf || node === undefined || job === undefined) continue;
    const known = found.get(job) ?? { job, node, words: '', keeper: 0, pids: [] };
    const script = /slurm_script\0(.*)\0$/.exec(`${read(pid, 'cmdline')}\0`);
    const parent = Number(
      read(pid, 'stat')
        .replace(/^.*\) /, '')
        .split(' ')[1],
    );
    if (script !== null && read(parent, 'comm').startsWith('slurmstepd')) {
      known.words = script[1]!.replaceAll('\0', ' ').trim();
      known.keeper = parent;
      known.pids.unshift(pid);
    } else {
      known.pids.push(pid);
    }
    found.set(job, known);
  }
  // A script that has just ended leaves nobody to kill.
  return [...found.values()].filter(({ keeper }) => keeper > 0);
}

/** SLURM's own processes that watch over a job, also where that has ended. */
export function keepersOf(conf: string): number[] {
  const pids = readdirSync('/proc').map(Number).filter(Number.isInteger);
  return pids.filter(
    (pid) =>
      read(pid, 'comm').startsWith('slurmstepd') &&
      read(pid, 'environ').split('\0').includes(`SLURM_CONF=${conf}`),
  );
}

/** Kills processes; those that are gone already are no matter. */
export function killAll(pids: Iterable<number>): void {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

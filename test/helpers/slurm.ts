import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, openSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { keepersOf, killAll } from './slurmJobs.ts';

const call = promisify(execFile);

/** Null where a SLURM of one's own can be started, else why not. */
export function whyNoSlurm(): string | null {
  for (const program of ['munged', 'slurmctld', 'slurmd', 'sbatch']) {
    if (spawnSync(program, ['--version']).error) return `${program} is not installed`;
  }
  return userInfo().uid === 0 ? null : 'daemons of SLURM that start jobs must be run by root';
}

/** A SLURM of several nodes of one core, all on this machine. */
export interface Slurm {
  /** Variables with which the programs of SLURM find it. */
  env: NodeJS.ProcessEnv;
  nodes: readonly string[];
  /** Ends the daemon of a node as a broken power supply does; what it started is left to its own. */
  killNode(node: string): void;
  startNode(node: string): Promise<void>;
  /** Ends the controller as a crash does, and starts it again. */
  restartController(): Promise<void>;
  /** Takes nodes back that SLURM has laid aside, as its keeper does. */
  resumeNodes(): Promise<void>;
  /** Numbers and states of the jobs of a name that have not ended, a line each. */
  queue(name: string): Promise<string[]>;
  stop(): Promise<void>;
}

/**
 * Starts munged, slurmctld and a slurmd for each node, in the foreground, without systemd and cgroups.
 *
 * @param folder for configuration, state and logs
 */
export async function startSlurm(folder: string, nNodes = 2): Promise<Slurm> {
  mkdirSync(join(folder, 'state'), { recursive: true });
  const nodes = Array.from({ length: nNodes }, (_, i) => `n${i + 1}`);
  for (const node of nodes) mkdirSync(join(folder, node));
  writeFileSync(join(folder, 'munge.key'), randomBytes(128), { mode: 0o600 });
  const conf = join(folder, 'slurm.conf');
  writeFileSync(conf, confText(folder, nodes, await freePorts(nNodes + 1)));
  const env = { SLURM_CONF: conf };
  const daemon = (name: string, program: string, args: string[]): ChildProcess => {
    const log = openSync(join(folder, `${name}.out`), 'a');
    return spawn(program, args, { env: { ...process.env, ...env }, stdio: ['ignore', log, log] });
  };
  const munge = ['key-file=munge.key', 'socket=munge.socket', 'pid-file=munge.pid', 'seed-file=munge.seed'];
  const daemons = new Map<string, ChildProcess>();
  const ask = async (program: string, ...args: string[]): Promise<string> =>
    (await call(program, args, { env: { ...process.env, ...env } })).stdout;
  const slurmd = (node: string): ChildProcess => daemon(node, 'slurmd', ['-D', '-N', node]);
  const ready = async (state: string): Promise<void> => {
    for (let look = 0; ; look++) {
      const stdout = await ask('sinfo', '-h', '-N', '-o', '%N %T').catch(() => '');
      const up = stdout
        .split('\n')
        .filter((line) => /idle|mixed|allocated/.test(line) && line.startsWith(state));
      if (up.length >= (state === '' ? nNodes : 1)) return;
      if (look > 300) throw new Error(`SLURM does not come up: ${stdout}; see ${folder}`);
      await pause(100);
    }
  };
  daemons.set(
    'munge',
    daemon('munge', 'munged', [
      '--force',
      '--foreground',
      ...munge.map((o) => `--${o.replace('=', `=${folder}/`)}`),
    ]),
  );
  for (const node of nodes) daemons.set(node, slurmd(node));
  daemons.set('controller', daemon('controller', 'slurmctld', ['-D']));
  await ready('');
  return {
    env,
    nodes,
    killNode: (node) => void daemons.get(node)!.kill('SIGKILL'),
    startNode: async (node) => {
      daemons.set(node, slurmd(node));
      await ready(node);
    },
    restartController: async () => {
      daemons.get('controller')!.kill('SIGKILL');
      await pause(500);
      daemons.set('controller', daemon('controller', 'slurmctld', ['-D']));
      await ready('');
    },
    resumeNodes: async () => {
      for (const node of nodes)
        await ask('scontrol', 'update', `nodename=${node}`, 'state=resume').catch(() => '');
    },
    queue: async (name) =>
      (await ask('squeue', '-h', `--name=${name}`, '-o', '%i %T %k')).split('\n').slice(0, -1),
    stop: async () => {
      await ask('scancel', '--user=root', '--signal=KILL', '--full').catch(() => '');
      await pause(1000);
      for (const child of daemons.values()) child.kill('SIGKILL');
      killAll(keepersOf(conf));
    },
  };
}

/** Ports on which nobody listens. */
async function freePorts(n: number): Promise<number[]> {
  const servers = Array.from({ length: n }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => new Promise((done) => server.once('listening', done))));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}

function confText(folder: string, nodes: readonly string[], ports: readonly number[]): string {
  const host = hostname();
  return `ClusterName=loop
SlurmctldHost=${host}(127.0.0.1)
SlurmctldPort=${ports[0]}
AuthType=auth/munge
AuthInfo=socket=${folder}/munge.socket
SlurmUser=root
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/%n
SlurmctldPidFile=${folder}/controller.pid
SlurmdPidFile=${folder}/%n.pid
SlurmctldLogFile=${folder}/controller.log
SlurmdLogFile=${folder}/%n.log
ProctrackType=proctrack/pgid
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
MpiDefault=none
SwitchType=switch/none
ReturnToService=2
SlurmctldTimeout=10
SlurmdTimeout=10
MessageTimeout=10
SchedulerParameters=sched_interval=1,bf_interval=1,batch_sched_delay=0,sched_min_interval=0
${nodes.map((node, i) => `NodeName=${node} NodeHostname=${host} NodeAddr=127.0.0.1 Port=${ports[i + 1]} CPUs=1 RealMemory=1000`).join('\n')}
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
`;
}

/** Whether this machine has said, by `MORULA_MUST`, that it has what a test needs: it is then run, and not skipped. */
export function must(what: 'firefox' | 'slurm' | 'strace'): boolean {
  return (process.env.MORULA_MUST ?? '').split(' ').includes(what);
}

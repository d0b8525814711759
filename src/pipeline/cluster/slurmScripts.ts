import { quoted } from '../../errors/index.ts';

/** What the scripts of one chain must know. */
export interface Chain {
  /** Result folder, absolute and the same on every machine. */
  result: string;
  /** Folder of the scripts and their logs. */
  home: string;
  /** Program and first arguments that are morula. */
  morula: readonly string[];
  /** Name of every job of the chain. */
  name: string;
  /** Cores of a task. */
  cores: number;
  /** True where the plan says how many frames, and how much memory, a task takes at once. */
  saysWorkers: boolean;
  saysMemory: boolean;
  /** Rounds without one more finished frame after which the gate gives up. */
  rounds: number;
  /** Options of sbatch for every job, and for the tasks that segment. */
  sbatch: string;
  sbatchSegment: string;
}

/** Exit codes that no further attempt mends; everything else may be the machine's fault. */
const HOPELESS = '64 | 65 | 78';

/** The three scripts by file name: two that work, and the gate that sees what is left. */
export function slurmScripts(chain: Chain): Record<string, string> {
  return { 'segment.sh': segmentScript(chain), 'link.sh': linkScript(chain), 'gate.sh': gateScript(chain) };
}

function head({ name, home, sbatch }: Chain, log: string, lines: readonly string[]): string {
  const place = `${home}/logs/${log}`.replaceAll('%', '%%').replace(/%%([jAa])(?=[^/]*$)/g, '%$1');
  const options = [
    `--job-name=${name}`,
    `--output="${place}"`,
    '--open-mode=append',
    '--ntasks=1',
    ...lines,
    ...(sbatch === '' ? [] : [sbatch]),
  ];
  return ['#!/bin/bash', ...options.map((option) => `#SBATCH ${option}`)].join('\n');
}

function variables({ result, home, morula }: Chain): string {
  return [
    `result=${quoted(result)}`,
    `home=${quoted(home)}`,
    `morula() { ${morula.map(quoted).join(' ')} "$@"; }`,
  ].join('\n');
}

function segmentScript(chain: Chain): string {
  const own = chain.sbatchSegment === '' ? [] : [chain.sbatchSegment];
  const limits = [
    ...(chain.saysWorkers ? [] : [`limits+=(--workers "\${SLURM_CPUS_PER_TASK:-${chain.cores}}")`]),
    ...(chain.saysMemory
      ? []
      : [
          `memory=$((\${SLURM_MEM_PER_NODE:-0} + \${SLURM_MEM_PER_CPU:-0} * \${SLURM_CPUS_PER_TASK:-1}))`,
          'if [ "$memory" -gt 0 ]; then limits+=(--memory "$((memory / 2 + 1))MB"); fi',
        ]),
  ];
  return `${head(chain, 'segment-%A_%a.log', [`--cpus-per-task=${chain.cores}`, '--no-requeue', ...own])}

# One task of the plan. What it has finished stays, whatever becomes of it; doing it again does no harm.
${variables(chain)}
task=\${SLURM_ARRAY_TASK_ID:?this script runs as an array job: sbatch --array=0 segment.sh}
limits=()
${limits.join('\n')}
status=0
morula segment -o "$result" --index "$task" --quiet "\${limits[@]}" || status=$?
# No further attempt mends these; the gate reads it.
case $status in ${HOPELESS}) echo "$status" >"$home/failed/segment-$task" ;; esac
exit "$status"
`;
}

function linkScript(chain: Chain): string {
  return `${head(chain, 'link-%A.log', ['--no-requeue'])}

# The second half of the job, when every frame is there.
${variables(chain)}
status=0
morula link "$result" --planned --quiet || status=$?
case $status in ${HOPELESS}) echo "$status" >"$home/failed/link-0" ;; esac
exit "$status"
`;
}

function gateScript(chain: Chain): string {
  return `${head(chain, 'gate.log', ['--requeue'])}

# gate.sh <stage> <rounds without progress> <frames missing before> <first, next or spare>
# Asks the result what is missing, submits it, and behind it the next gate. It keeps nothing in mind: whatever was lost,
# the result tells. A spare takes over where a gate did not end well.
${variables(chain)}
name=${quoted(chain.name)}
stage=\${1:-segment} idle=\${2:-0} before=\${3:--1} role=\${4:-first}
restarts=\${SLURM_RESTART_COUNT:-0}

say() { echo "$(date +%FT%T) gate: $1"; }
stop() { say "$1" >&2; exit "$2"; }

# Jobs take over the variables of the one that submits them.
for variable in "\${!SLURM_@}"; do
  [ "$variable" = SLURM_CONF ] || unset "$variable"
done

# Prints the number of a job. Within a job nobody sees an error: it is tried again.
submit() {
  local pause
  for pause in 2 10 30 60 0; do
    if number=$(sbatch --parsable "$@"); then
      number=\${number%%;*}
      return 0
    fi
    [ "$role" = first ] && return 1
    sleep "$pause"
  done
  return 1
}

# A first gate of a chain that is under way, or one that comes a second time, is not needed where another one waits.
if [ "$role" != next ] || [ "$restarts" -gt 0 ]; then
  if squeue --noheader --name="$name" --states=PENDING --format=%k 2>/dev/null | grep -qx gate; then
    say 'the chain is under way'
    exit 0
  fi
fi

while :; do
  missing=$(morula missing "$result" --stage "$stage") || stop 'the result cannot be read' 74
  [ -n "$missing" ] && break
  if [ "$stage" = link ]; then
    say 'everything is done'
    exit 0
  fi
  stage=link idle=0 before=-1
done
left=$(morula missing "$result" --stage "$stage" --count) || stop 'the result cannot be read' 74

failed=$(cd "$home/failed" && echo "$stage"-*)
if [ "$failed" != "$stage-*" ]; then
  stop "no further attempt mends these tasks: $failed; the logs are in $home/logs; then submit again" 65
fi
if [ "$left" = "$before" ]; then idle=$((idle + 1)); else idle=0; fi
if [ "$idle" -ge ${chain.rounds} ]; then
  stop "$stage: tasks $missing are not done, and ${chain.rounds} rounds brought nothing more; the logs are in $home/logs; then submit again" 75
fi

tasks=()
[ "$stage" = segment ] && tasks=(--array="$missing")
submit "\${tasks[@]}" --comment="$stage" "$home/$stage.sh" || stop 'sbatch took no job' 69
work=$number
after=("$home/gate.sh" "$stage" "$idle" "$left")
submit --dependency="afterany:$work" --comment=gate "\${after[@]}" next || stop 'sbatch took no job' 69
gate=$number
submit --dependency="afternotok:$gate" --kill-on-invalid-dep=yes --comment=spare "\${after[@]}" spare || stop 'sbatch took no job' 69
say "$stage $missing is job $work, $left missing; gate $gate follows, or its spare $number"
`;
}

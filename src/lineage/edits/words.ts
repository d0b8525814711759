import type { Command, Verified } from './types.ts';

/** A command in words, for the history and the undo button. */
export function describeCommand(command: Command): string {
  switch (command.do) {
    case 'link':
      return `link ${command.source} to ${command.target}`;
    case 'unlink':
      return `unlink ${command.source} from ${command.target}`;
    case 'toggle':
      return `connect or disconnect ${command.a} and ${command.b}`;
    case 'divide':
      return `${command.parent} divides into ${command.daughters.join(' and ')}`;
    case 'not-division':
      return `${command.parent} does not divide, it goes on as ${command.keep}`;
    case 'shift-division':
      return `shift the division of ${command.parent} by ${command.by > 0 ? '+1' : '-1'}`;
    case 'swap':
      return `swap ${command.a} and ${command.b}`;
    case 'delete':
      return `delete ${several(command.nodes)}`;
    case 'add':
      return `add a detection in frame ${command.t}`;
    case 'move':
      return `move ${command.node}`;
    case 'merge-objects':
      return `merge ${several(command.nodes)}`;
    case 'split-object':
      return `split ${command.node}`;
    case 'join':
      return `join ${command.end} to ${command.start}`;
    case 'cut':
      return `cut before ${command.node}`;
    case 'end':
      return command.kind === null ? `${command.node} is no end` : `${command.node} ends: ${command.kind}`;
    case 'follow':
      return `follow ${several(command.nodes)}`;
    case 'verify':
      return `${command.on ? 'verify' : 'open again'} ${describeVerified(command.what)}`;
    case 'review':
      return `${command.state ?? 'open again'}: ${several(command.items)}`;
    case 'name':
      return command.name ? `name ${command.node} ${command.name}` : `take the name of ${command.node} away`;
    case 'colour':
      return command.colour === null ? `colour of ${command.node} as before` : `colour ${command.node}`;
    case 'tag':
      return `${command.on ? 'tag' : 'untag'} ${several(command.nodes)}: ${command.tag}`;
    case 'group':
      return command.nodes === null ? `remove group ${command.name}` : `group ${command.name}`;
    case 'bookmark':
      return command.view === null ? `remove bookmark ${command.name}` : `bookmark ${command.name}`;
    case 'relink':
      return `re-solve: ${command.add.length} links added, ${command.remove.length} removed`;
    case 'many':
      return command.label ?? `${command.commands.length} edits`;
  }
}

function describeVerified(what: Verified): string {
  if ('link' in what) return `link ${what.link.join(' to ')}`;
  if ('division' in what) return `division of ${what.division}`;
  return 'branch' in what ? `branch of ${what.branch}` : `lineage of ${what.lineage}`;
}

function several(names: readonly string[]): string {
  return names.length <= 3
    ? names.join(', ')
    : `${names.slice(0, 2).join(', ')} and ${names.length - 2} more`;
}

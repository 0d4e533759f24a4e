import { DiskError, type World } from '@kubelab/world';

const recordName = 'member.json';

export interface MemberRecord {
  readonly name: string;
  /** Names of all members, sorted. Addresses may change; who counts as a majority may not. */
  readonly members: readonly string[];
}

/**
 * Makes the folder somebody's, or sees that it is this member's. A member that ran on another's log would
 * vote twice in one term.
 * Also proves that it can be written before anything is promised. Rejects with an Error that says what to do.
 */
export async function claimDataDirectory(
  world: World,
  directory: string,
  member: MemberRecord,
): Promise<void> {
  const path = `${directory}/${recordName}`;
  try {
    await world.disk.makeDirectory(directory);
    if (await world.disk.exists(path)) {
      const text = Buffer.from(await world.disk.readFile(path)).toString();
      refuseOther(directory, text, member);
    }
    await world.disk.writeFileAtomic(path, serialize(member));
  } catch (error) {
    if (!(error instanceof DiskError)) throw error;
    throw new Error(`data directory ${directory} cannot be used: ${hint(error)}`, { cause: error });
  }
}

function serialize(member: MemberRecord): string {
  return `${JSON.stringify({ name: member.name, members: [...member.members].sort() })}\n`;
}

function refuseOther(directory: string, found: string, member: MemberRecord): void {
  if (found === serialize(member)) return;
  throw new Error(
    `data directory ${directory} belongs to ${found.trim()}, not to ${serialize(member).trim()}: ` +
      'start that member with it, or give this one another --data-dir',
  );
}

function hint(error: DiskError): string {
  switch (error.code) {
    case 'noSpace':
      return 'the disk is full; free some space';
    case 'readOnly':
      return 'it is read-only; mount it writable or choose another --data-dir';
    case 'permission':
      return 'this user may not write there; change its owner or choose another --data-dir';
    case 'notDirectory':
      return 'it is not a folder; choose another --data-dir';
    case 'notFound':
    case 'io':
      return error.message;
    default:
      return error.code satisfies never;
  }
}

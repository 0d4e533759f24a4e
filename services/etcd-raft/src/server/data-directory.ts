import type { ClusterId, MemberId } from '@kubelab/store';
import { DiskError, type World } from '@kubelab/world';

const recordName = 'member.json';

/** Whose folder it is, and the cluster as it was when the member began: what its flags said then holds, not what they say now. */
export interface MemberRecord {
  readonly name: string;
  readonly id: MemberId;
  readonly clusterId: ClusterId;
  /** Of a member that joined a cluster: empty, its leader tells it. */
  readonly initialMembers: readonly InitialMember[];
  /** Of a member that joined: the others as they were then, to be reached until its state tells of them. */
  readonly joined?: readonly InitialMember[] | undefined;
}

export interface InitialMember {
  readonly id: MemberId;
  readonly name: string;
  readonly peerUrls: readonly string[];
}

/**
 * Makes the folder somebody's, or sees that it is this member's. A member that ran on another's log would
 * vote twice in one term.
 * Also proves that it can be written before anything is promised. Gives what it was first claimed with. Rejects with an Error
 * that says what to do.
 */
export async function claimDataDirectory(
  world: World,
  directory: string,
  member: MemberRecord,
): Promise<MemberRecord> {
  const path = `${directory}/${recordName}`;
  try {
    await world.disk.makeDirectory(directory);
    const known = (await world.disk.exists(path)) ? parse(path, await world.disk.readFile(path)) : undefined;
    if (known !== undefined && (known.name !== member.name || known.clusterId !== member.clusterId)) {
      throw new Error(
        `data directory ${directory} belongs to ${known.name} of cluster ${known.clusterId}, not to ${member.name} of cluster ` +
          `${member.clusterId}: start that member with it, or give this one another --data-dir`,
      );
    }
    const record = known ?? member;
    await world.disk.writeFileAtomic(path, `${JSON.stringify(record)}\n`);
    return record;
  } catch (error) {
    if (!(error instanceof DiskError)) throw error;
    throw new Error(`data directory ${directory} cannot be used: ${hint(error)}`, { cause: error });
  }
}

/** What the folder was claimed with; undefined for a new one. */
export async function readDataDirectory(world: World, directory: string): Promise<MemberRecord | undefined> {
  const path = `${directory}/${recordName}`;
  try {
    return (await world.disk.exists(path)) ? parse(path, await world.disk.readFile(path)) : undefined;
  } catch (error) {
    if (!(error instanceof DiskError)) throw error;
    throw new Error(`data directory ${directory} cannot be used: ${hint(error)}`, { cause: error });
  }
}

function parse(path: string, bytes: Uint8Array): MemberRecord {
  const damaged = (why: string) =>
    new Error(
      `${path} is damaged (${why}): move the data directory away and start the member with an empty one`,
    );
  let record: unknown;
  try {
    record = JSON.parse(Buffer.from(bytes).toString());
  } catch (error) {
    throw damaged(error instanceof Error ? error.message : String(error));
  }
  if (!isRecord(record)) throw damaged('not the record of a member, or one of an earlier version');
  return record;
}

function isRecord(value: unknown): value is MemberRecord {
  return (
    hasTexts(value, 'name', 'id', 'clusterId') &&
    has(value, 'initialMembers', isInitialMembers) &&
    has(value, 'joined', (joined) => joined === undefined || isInitialMembers(joined))
  );
}

function isInitialMembers(value: unknown): value is InitialMember[] {
  return (
    Array.isArray(value) &&
    value.every((member) => hasTexts(member, 'id', 'name') && has(member, 'peerUrls', Array.isArray))
  );
}

function hasTexts(value: unknown, ...names: string[]): boolean {
  return names.every((name) => has(value, name, (field) => typeof field === 'string'));
}

function has(value: unknown, name: string, check: (field: unknown) => boolean): boolean {
  return typeof value === 'object' && value !== null && check(Reflect.get(value, name));
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

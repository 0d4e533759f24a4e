import { ByteReader, ByteWriter, type MemberId } from '@kubelab/store';
import { type Configuration, InvalidMembershipChangeError, type MembershipChange } from '../contract.js';

export const noMembers: Configuration = { voters: [], votersOutgoing: [], learners: [] };

/** Each member once, sorted. */
export function membersOf(configuration: Configuration): MemberId[] {
  const { voters, votersOutgoing, learners } = configuration;
  return [...new Set([...voters, ...votersOutgoing, ...learners])].sort();
}

export function isVoter(configuration: Configuration, id: MemberId): boolean {
  return configuration.voters.includes(id) || configuration.votersOutgoing.includes(id);
}

export function isJoint(configuration: Configuration): boolean {
  return configuration.votersOutgoing.length > 0;
}

/**
 * The configuration to go to. One voter more or less: majorities of before and after have a member in common, so
 * it is gone to directly (dissertation, 4.1). More at once: through a joint configuration (paper, section 6). Throws
 * InvalidMembershipChangeError.
 */
export function changed(current: Configuration, changes: readonly MembershipChange[]): Configuration {
  const voters = new Set(current.voters);
  const learners = new Set(current.learners);
  const named = new Set<MemberId>();
  if (changes.length === 0) throw new InvalidMembershipChangeError('nothing is to be changed');
  for (const change of changes) {
    const { type, id } = change;
    if (named.has(id)) throw new InvalidMembershipChangeError(`member ${id} is named twice`);
    named.add(id);
    const isMember = voters.has(id) || learners.has(id);
    if (type === 'addVoter' || type === 'addLearner') {
      if (isMember) throw new InvalidMembershipChangeError(`member ${id} exists`);
      (type === 'addVoter' ? voters : learners).add(id);
    } else if (type === 'promote') {
      if (!learners.delete(id)) throw new InvalidMembershipChangeError(`member ${id} is not a learner`);
      voters.add(id);
    } else {
      if (!isMember) throw new InvalidMembershipChangeError(`there is no member ${id}`);
      voters.delete(id);
      learners.delete(id);
    }
  }
  if (voters.size === 0) throw new InvalidMembershipChangeError('no voter would be left');
  const differing = [...new Set([...voters, ...current.voters])].filter(
    (id) => voters.has(id) !== current.voters.includes(id),
  );
  return {
    voters: [...voters].sort(),
    votersOutgoing: differing.length > 1 ? current.voters : [],
    learners: [...learners].sort(),
  };
}

export function leaveJoint(configuration: Configuration): Configuration {
  return { ...configuration, votersOutgoing: [] };
}

export function writeConfiguration(writer: ByteWriter, configuration: Configuration): ByteWriter {
  for (const ids of [configuration.voters, configuration.votersOutgoing, configuration.learners]) {
    writer.uint(ids.length);
    for (const id of ids) writer.text(id);
  }
  return writer;
}

export function readConfiguration(reader: ByteReader): Configuration {
  const ids = () => Array.from({ length: reader.count() }, () => reader.text());
  return { voters: ids(), votersOutgoing: ids(), learners: ids() };
}

/** What a configuration entry holds. */
export function encodeConfigurationData(configuration: Configuration, context: Uint8Array): Uint8Array {
  return writeConfiguration(new ByteWriter(), configuration).bytes(context).finish();
}

export function decodeConfigurationData(data: Uint8Array): {
  readonly configuration: Configuration;
  readonly context: Uint8Array;
} {
  const reader = new ByteReader(data);
  return { configuration: readConfiguration(reader), context: reader.bytes() };
}

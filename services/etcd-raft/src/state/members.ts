import { createHash } from 'node:crypto';
import { ByteReader, ByteWriter, type ClusterId, type MemberId } from '@kubelab/store';
import type { Configuration } from '../contract.js';
import type { Member } from '../etcd-server.js';
import type { BackendMeta } from '../mvcc/backend.js';
import {
  isVoter,
  membersOf,
  noMembers,
  readConfiguration,
  writeConfiguration,
} from '../raft/configuration.js';
import { readTexts, writeTexts } from './entry.js';

/** What a configuration entry tells of members besides who votes: its context. */
export interface MemberFacts {
  readonly id: MemberId;
  /** Empty for one that was added and has not started yet. */
  readonly name: string;
  readonly peerUrls: readonly string[];
}

const memberPrefix = 'member/';
const removedPrefix = 'removed/';
const configurationKey = 'configuration';

/** Sixteen zeroes: no member, or all of them. */
export const noMember: MemberId = '0'.repeat(16);

/** The first 8 bytes of SHA-256 over the texts, each with its length before it. Never noMember. */
function idOf(texts: readonly string[]): string {
  const writer = new ByteWriter();
  writeTexts(writer, texts);
  const id = createHash('sha256').update(writer.finish()).digest('hex').slice(0, 16);
  return id === noMember ? `${'0'.repeat(15)}1` : id;
}

/** Of a member of a new cluster: all members compute the same from the same flags. */
export function initialMemberId(token: string, name: string, peerUrls: readonly string[]): MemberId {
  return idOf(['member', token, name, ...[...peerUrls].sort()]);
}

/** Of a member that is added to a running cluster. `nonce`: one that was there before and comes again is another member. */
export function addedMemberId(clusterId: ClusterId, peerUrls: readonly string[], nonce: string): MemberId {
  return idOf(['added', clusterId, nonce, ...[...peerUrls].sort()]);
}

export function initialClusterId(token: string, members: readonly MemberId[]): ClusterId {
  return idOf(['cluster', token, ...[...members].sort()]);
}

export function encodeMemberFacts(members: readonly MemberFacts[]): Uint8Array {
  const writer = new ByteWriter().uint(members.length);
  for (const { id, name, peerUrls } of members) writeTexts(writer.text(id).text(name), peerUrls);
  return writer.finish();
}

export function decodeMemberFacts(context: Uint8Array): readonly MemberFacts[] {
  if (context.byteLength === 0) return [];
  const reader = new ByteReader(context);
  const one = () => ({ id: reader.text(), name: reader.text(), peerUrls: readTexts(reader) });
  return Array.from({ length: reader.count() }, one);
}

interface Known extends MemberFacts {
  readonly clientUrls: readonly string[];
}

/** Who the members are, where they are reached, and who votes. Replicated; ids of removed ones never come again. */
export class MemberTable {
  readonly #meta: () => BackendMeta;
  readonly #members = new Map<MemberId, Known>();
  readonly #removed = new Set<MemberId>();
  #configuration: Configuration = noMembers;

  constructor(meta: () => BackendMeta) {
    this.#meta = meta;
  }

  load(): void {
    this.#members.clear();
    this.#removed.clear();
    const meta = this.#meta();
    for (const [key, value] of meta.entries(memberPrefix)) {
      const reader = new ByteReader(value);
      const id = key.slice(memberPrefix.length);
      const known = { id, name: reader.text(), peerUrls: readTexts(reader), clientUrls: readTexts(reader) };
      this.#members.set(id, known);
    }
    for (const [key] of meta.entries(removedPrefix)) this.#removed.add(key.slice(removedPrefix.length));
    const stored = meta.get(configurationKey);
    this.#configuration = stored === undefined ? noMembers : readConfiguration(new ByteReader(stored));
  }

  get configuration(): Configuration {
    return this.#configuration;
  }

  get list(): readonly Member[] {
    return [...this.#members.values()]
      .map((known) => this.#member(known))
      .sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  get(id: MemberId): Member | undefined {
    const known = this.#members.get(id);
    return known === undefined ? undefined : this.#member(known);
  }

  wasRemoved(id: MemberId): boolean {
    return this.#removed.has(id);
  }

  /** Another cluster goes on with this state: nothing is left of the members that it had. */
  begin(configuration: Configuration, context: Uint8Array): void {
    const meta = this.#meta();
    for (const prefix of [memberPrefix, removedPrefix])
      for (const [key] of meta.entries(prefix)) meta.delete(key);
    this.#members.clear();
    this.#removed.clear();
    this.applyConfiguration(configuration, context);
  }

  /** What the entry does not tell of members that stay, stays. */
  applyConfiguration(configuration: Configuration, context: Uint8Array): void {
    const ids = new Set(membersOf(configuration));
    for (const facts of decodeMemberFacts(context))
      if (ids.has(facts.id) && !this.#members.has(facts.id)) this.#save({ ...facts, clientUrls: [] });
    for (const id of [...this.#members.keys()].filter((known) => !ids.has(known))) {
      this.#members.delete(id);
      this.#removed.add(id);
      this.#meta().delete(memberPrefix + id);
      this.#meta().put(removedPrefix + id, new Uint8Array(0));
    }
    this.#configuration = configuration;
    this.#meta().put(configurationKey, writeConfiguration(new ByteWriter(), configuration).finish());
  }

  /** False for one that is no member. */
  publish(id: MemberId, name: string, clientUrls: readonly string[]): boolean {
    return this.#change(id, { name, clientUrls });
  }

  update(id: MemberId, peerUrls: readonly string[]): boolean {
    return this.#change(id, { peerUrls });
  }

  #change(id: MemberId, change: Partial<Known>): boolean {
    const known = this.#members.get(id);
    if (known !== undefined) this.#save({ ...known, ...change });
    return known !== undefined;
  }

  #member(known: Known): Member {
    const { learners } = this.#configuration;
    const isLearner = learners.includes(known.id) && !isVoter(this.#configuration, known.id);
    return { ...known, isLearner };
  }

  #save(known: Known): void {
    const { id, name, peerUrls, clientUrls } = known;
    this.#members.set(id, known);
    const writer = new ByteWriter().text(name);
    writeTexts(writer, peerUrls);
    writeTexts(writer, clientUrls);
    this.#meta().put(memberPrefix + id, writer.finish());
  }
}

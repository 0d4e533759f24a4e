import {
  BytesError,
  decodeTxn,
  type OperationResponse,
  StoreError,
  storeError,
  type TxnRequest,
} from '@kubelab/store';
import type { Configuration, StateMachine } from '../contract.js';
import type { MvccStore } from '../mvcc/mvcc-store.js';
import { AlarmTable } from './alarms.js';
import { AuthStore } from './auth.js';
import { type AuthOperation, type Command, decodeEntry, type Origin } from './entry.js';
import { Lessor } from './lessor.js';
import { MemberTable } from './members.js';
import { checkLeaseKeys, checkTxn, mayPut } from './permit.js';

/** What apply() answers: a function of the entries so far, the same on every member. */
export type ApplyResult =
  | { readonly type: 'refused'; readonly error: StoreError }
  | {
      readonly type: 'txn';
      readonly index: number;
      readonly revision: number;
      readonly succeeded: boolean;
      readonly responses: readonly OperationResponse[];
    }
  | { readonly type: 'done'; readonly index: number; readonly revision: number };

export interface StoreStateOptions {
  /** Makes the store; the lessor is there already, though empty. */
  readonly openStore: (leases: Pick<Lessor, 'exists' | 'attach' | 'detach'>) => MvccStore;
  /** Monotonic; the leader's leases run by it. */
  readonly nowMs: () => number;
}

/**
 * All that is replicated: keys, leases, users and roles, alarms, members. Applies log entries; decides by them and by its state
 * alone. Everything lies in the store's backend and is committed with the applied index, in one transaction a batch.
 */
export class StoreState implements StateMachine {
  readonly store: MvccStore;
  readonly lessor: Lessor;
  readonly auth: AuthStore;
  readonly alarms: AlarmTable;
  readonly members: MemberTable;
  readonly #nowMs: () => number;
  readonly #listeners = new Set<(index: number) => void>();
  readonly #memberListeners = new Set<() => void>();
  /** Of the indexes since the last durable one; the first entry is as of it, or earlier. */
  #configurations: { readonly index: number; readonly configuration: Configuration }[] = [];
  #appliedIndex: number;
  #membersChanged = false;
  #isRestoring = false;

  constructor(options: StoreStateOptions) {
    const meta = () => this.store.meta;
    this.#nowMs = options.nowMs;
    this.lessor = new Lessor(meta);
    this.auth = new AuthStore(meta);
    this.alarms = new AlarmTable(meta);
    this.members = new MemberTable(meta);
    this.store = options.openStore(this.lessor);
    this.#appliedIndex = this.store.appliedIndex;
    this.#load();
  }

  /** Of the last whole batch. */
  get appliedIndex(): number {
    return this.#appliedIndex;
  }

  get durable(): { readonly index: number; readonly configuration: Configuration } | undefined {
    const index = this.store.durableIndex;
    if (index === 0) return undefined;
    const passed = this.#configurations.findLastIndex((known) => known.index <= index);
    if (passed > 0) this.#configurations.splice(0, passed);
    const configuration = this.#configurations[0]?.configuration;
    return configuration === undefined || passed < 0 ? undefined : { index, configuration };
  }

  apply(index: number, data: Uint8Array): ApplyResult {
    const { command, origin } = decodeEntry(data);
    const error = this.#refuse(command, origin);
    return error === undefined ? this.#execute(index, command, origin) : { type: 'refused', error };
  }

  applyConfiguration(index: number, configuration: Configuration, context: Uint8Array): ApplyResult {
    this.members.applyConfiguration(configuration, context);
    this.#configurations.push({ index, configuration });
    this.#membersChanged = true;
    return this.#done(index);
  }

  applied(index: number): void {
    this.store.commit(index);
    this.#appliedIndex = index;
    for (const listener of this.#listeners) listener(index);
    if (!this.#membersChanged) return;
    this.#membersChanged = false;
    for (const listener of this.#memberListeners) listener();
  }

  snapshot(): Iterable<Uint8Array> {
    return this.store.snapshot();
  }

  async restore(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> {
    this.#isRestoring = true;
    this.lessor.clear();
    await this.store.restore(chunks);
    this.#load();
    this.#membersChanged = true;
    this.#isRestoring = false;
  }

  /** Of everything, at once: equal on members that applied as much. Undefined while another state takes this one's place. */
  fingerprint(): string | undefined {
    if (this.#isRestoring) return undefined;
    const { hash, revision, compactRevision } = this.store.hashNow();
    return `${hash.toString(16).padStart(8, '0')} at ${revision}, compacted at ${compactRevision}`;
  }

  /** Called after each batch. */
  onApplied(listener: (index: number) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Called when members came, went, or are reached elsewhere. */
  onMembersChanged(listener: () => void): () => void {
    this.#memberListeners.add(listener);
    return () => void this.#memberListeners.delete(listener);
  }

  #load(): void {
    this.lessor.load();
    this.auth.load();
    this.alarms.load();
    this.members.load();
    this.store.attachLeases();
    const { configuration } = this.members;
    this.#configurations = configuration.voters.length === 0 ? [] : [{ index: 0, configuration }];
  }

  #refuse(command: Command, origin: Origin): StoreError | undefined {
    switch (command.type) {
      case 'txn':
        return undefined; // Once it is decoded.
      case 'compact':
        return this.#corrupt() ?? this.auth.checkUser(origin);
      case 'leaseGrant':
        return this.#corrupt() ?? this.#noSpace() ?? this.auth.checkUser(origin);
      case 'leaseRevoke':
        return this.#corrupt() ?? checkLeaseKeys(command.id, 'write', origin, this);
      case 'auth':
        return this.auth.checkAdmin(origin);
      case 'alarm':
      case 'memberUpdate':
        return this.auth.checkAdmin(origin);
      case 'leaseCheckpoint':
      case 'memberPublish':
        return undefined;
      default:
        return command satisfies never;
    }
  }

  #corrupt(): StoreError | undefined {
    return this.alarms.has('corrupt') ? storeError('corrupt') : undefined;
  }

  #noSpace(): StoreError | undefined {
    return this.alarms.has('noSpace') ? storeError('noSpace') : undefined;
  }

  #execute(index: number, command: Command, origin: Origin): ApplyResult {
    switch (command.type) {
      case 'txn':
        return this.#txn(index, command.request, origin);
      case 'compact':
        return this.#compact(index, command.revision);
      case 'leaseGrant':
        return this.#outcome(index, this.lessor.grant(command.id, command.ttl, this.#nowMs()));
      case 'leaseRevoke':
        return this.#leaseRevoke(index, command.id, origin);
      case 'leaseCheckpoint':
        this.lessor.checkpoint(command.checkpoints, this.#nowMs());
        return this.#done(index);
      case 'alarm':
        if (command.action === 'activate') this.alarms.activate(command.memberId, command.alarm);
        else this.alarms.deactivate(command.memberId, command.alarm);
        return this.#done(index);
      case 'auth':
        return this.#outcome(index, this.auth.apply(command.operation satisfies AuthOperation));
      case 'memberPublish':
        return this.#member(index, this.members.publish(command.id, command.name, command.clientUrls));
      case 'memberUpdate':
        return this.#member(index, this.members.update(command.id, command.peerUrls));
      default:
        return command satisfies never;
    }
  }

  #txn(index: number, bytes: Uint8Array, origin: Origin): ApplyResult {
    const request = readTxn(bytes);
    if (request instanceof StoreError) return { type: 'refused', error: request };
    const error =
      this.#corrupt() ?? (mayPut(request) ? this.#noSpace() : undefined) ?? checkTxn(request, origin, this);
    if (error !== undefined) return { type: 'refused', error };
    const result = this.store.txn(request, origin.trace);
    return result instanceof StoreError
      ? { type: 'refused', error: result }
      : { type: 'txn', index, ...result };
  }

  #compact(index: number, revision: number): ApplyResult {
    const result = this.store.compact(revision);
    return this.#outcome(index, result instanceof StoreError ? result : undefined);
  }

  #leaseRevoke(index: number, id: bigint, { trace }: Origin): ApplyResult {
    const keys = this.lessor.revoke(id);
    if (keys instanceof StoreError) return { type: 'refused', error: keys };
    this.store.deleteKeys(keys, trace);
    return this.#done(index);
  }

  #member(index: number, found: boolean): ApplyResult {
    this.#membersChanged ||= found;
    return this.#outcome(index, found ? undefined : storeError('memberNotFound'));
  }

  #outcome(index: number, error: StoreError | undefined): ApplyResult {
    return error === undefined ? this.#done(index) : { type: 'refused', error };
  }

  #done(index: number): ApplyResult {
    return { type: 'done', index, revision: this.store.revision };
  }
}

/** The same on every member: what one refuses, all refuse. */
export function readTxn(bytes: Uint8Array): TxnRequest | StoreError {
  try {
    return decodeTxn(bytes);
  } catch (error) {
    if (error instanceof BytesError) return storeError('invalidArgument', { detail: error.message });
    throw error;
  }
}

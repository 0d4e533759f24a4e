import type { MemberId } from '@kubelab/store';
import type { AlarmType } from '../etcd-server.js';
import type { BackendMeta } from '../mvcc/backend.js';
import { noMember } from './members.js';

export interface Alarm {
  readonly memberId: MemberId;
  readonly alarm: 'noSpace' | 'corrupt';
}

const prefix = 'alarm/';
const alarmTypes = ['noSpace', 'corrupt'] as const satisfies readonly AlarmType[];

/**
 * What is wrong with which member. Replicated: each member refuses the same entries. noSpace: puts and new leases are refused,
 * so that deleting and compacting stay possible; corrupt: everything that writes is.
 */
export class AlarmTable {
  readonly #meta: () => BackendMeta;
  #alarms: readonly Alarm[] = [];

  constructor(meta: () => BackendMeta) {
    this.#meta = meta;
  }

  load(): void {
    this.#alarms = this.#meta()
      .entries(prefix)
      .flatMap(([key]) => {
        const [alarm, memberId] = key.slice(prefix.length).split('/');
        const known = alarmTypes.find((type) => type === alarm);
        return known === undefined || memberId === undefined ? [] : [{ memberId, alarm: known }];
      });
  }

  /** noMember, and type none, stand for all. */
  list(memberId: MemberId = noMember, alarm: AlarmType = 'none'): readonly Alarm[] {
    return this.#alarms.filter(
      (one) =>
        (memberId === noMember || one.memberId === memberId) && (alarm === 'none' || one.alarm === alarm),
    );
  }

  has(alarm: Alarm['alarm']): boolean {
    return this.#alarms.some((one) => one.alarm === alarm);
  }

  activate(memberId: MemberId, alarm: AlarmType): void {
    if (alarm === 'none' || this.list(memberId, alarm).length > 0) return;
    this.#meta().put(`${prefix}${alarm}/${memberId}`, new Uint8Array(0));
    this.load();
  }

  /** As list() takes them. */
  deactivate(memberId: MemberId, alarm: AlarmType): void {
    for (const one of this.list(memberId, alarm))
      this.#meta().delete(`${prefix}${one.alarm}/${one.memberId}`);
    this.load();
  }
}

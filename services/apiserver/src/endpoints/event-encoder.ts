import { type ApiError, groupVersionOf, type KindInfo } from '@kubelab/api';
import { partialMetadata } from '../printers/partial.js';
import { tableFor } from '../printers/table.js';
import { encodeMessage, encodeProtobuf, enveloped, watchFrame } from '../protobuf/encode.js';
import type { StoredObject } from '../storage/stored-object.js';
import { type AcceptedForm, protobufType } from './negotiate.js';

const encoder = new TextEncoder();
const starts = {
  ADDED: encoder.encode('{"type":"ADDED","object":'),
  MODIFIED: encoder.encode('{"type":"MODIFIED","object":'),
};
const end = encoder.encode('}\n');

/** JSON lines are application/json; other streams say that they are one. */
export function watchType({ type }: AcceptedForm): string {
  return type === protobufType ? `${protobufType};stream=watch` : 'application/json';
}

/** An object as it stands in lists and watches of protobuf, encoded once for all who want it. */
export function messageOfStored(stored: StoredObject): Uint8Array {
  return stored.encoded('protobuf', () => encodeMessage(stored.object));
}

/**
 * Events of one watch as lines (of protobuf: frames), in the form that the watcher wants. What does not differ among watchers
 * is encoded once.
 */
export class EventEncoder {
  readonly #kind: KindInfo;
  readonly #form: AcceptedForm;
  readonly #includeObject: string;
  readonly #nowMs: () => number;
  #first = true;

  constructor(kind: KindInfo, form: AcceptedForm, includeObject: string, nowMs: () => number) {
    this.#kind = kind;
    this.#form = form;
    this.#includeObject = includeObject;
    this.#nowMs = nowMs;
  }

  event(type: 'ADDED' | 'MODIFIED', stored: StoredObject): Uint8Array {
    const { form, type: mediaType } = this.#form;
    if (form === 'object' && mediaType === protobufType)
      return stored.encoded(this.#sharedAs(type), () => this.#frameOf(type, stored));
    if (form === 'object') return stored.encoded(type, () => Buffer.concat([starts[type], stored.json, end]));
    if (form === 'partial')
      return stored.encoded(this.#sharedAs(type), () => this.#line(type, this.#shaped(stored.object)));
    // Rows tell ages as of now, and the first one of a watch tells the columns: not to be shared.
    return this.#line(type, this.#shaped(stored.object));
  }

  /** The object as it was last, with the revision of its end. */
  deleted(previous: StoredObject, revision: number): Uint8Array {
    const { object } = previous;
    const encode = () =>
      this.#line(
        'DELETED',
        this.#shaped({ ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } }),
      );
    return this.#form.form === 'table' ? encode() : previous.encoded(this.#sharedAs('DELETED'), encode);
  }

  bookmark(revision: number, annotations?: Readonly<Record<string, string>>): Uint8Array {
    const { form, version } = this.#form;
    const resourceVersion = String(revision);
    const told = annotations === undefined ? {} : { annotations };
    if (form === 'table') {
      const head = { kind: 'Table', apiVersion: `meta.k8s.io/${version}`, columnDefinitions: [] };
      // What a row would carry: annotations have no other place in a table.
      const object = { ...this.#bare(), metadata: { resourceVersion, creationTimestamp: null, ...told } };
      const rows = annotations === undefined ? [] : [{ cells: [], object }];
      return this.#line('BOOKMARK', { ...head, metadata: { resourceVersion }, rows });
    }
    const metadata = { resourceVersion, creationTimestamp: null, ...told };
    const head =
      form === 'partial'
        ? { kind: 'PartialObjectMetadata', apiVersion: `meta.k8s.io/${version}` }
        : this.#bare();
    return this.#line('BOOKMARK', { ...head, metadata });
  }

  error(error: ApiError): Uint8Array {
    return this.#line('ERROR', error.status);
  }

  /** Under what name an encoded event is kept for the next who wants it so. */
  #sharedAs(event: string): string {
    const { form, version, type } = this.#form;
    return `${event} ${form} ${version}${type === protobufType ? ' protobuf' : ''}`;
  }

  #frameOf(type: string, stored: StoredObject): Uint8Array {
    return watchFrame(type, enveloped(groupVersionOf(this.#kind), this.#kind.kind, messageOfStored(stored)));
  }

  #line(type: string, object: object): Uint8Array {
    if (this.#form.type === protobufType) return watchFrame(type, encodeProtobuf(object));
    return encoder.encode(`${JSON.stringify({ type, object })}\n`);
  }

  #bare(): object {
    return { kind: this.#kind.kind, apiVersion: groupVersionOf(this.#kind) };
  }

  #shaped(object: StoredObject['object']): object {
    const { form, version } = this.#form;
    if (form === 'object') return object;
    if (form === 'partial') return partialMetadata(object, version);
    const table = tableFor(this.#kind, [object], {
      nowMs: this.#nowMs(),
      includeObject: this.#includeObject,
      metadata: { resourceVersion: object.metadata.resourceVersion ?? '' },
      version,
    });
    // Columns are told once; they do not change on the way.
    const result = this.#first ? table : { ...table, columnDefinitions: [] };
    this.#first = false;
    return result;
  }
}

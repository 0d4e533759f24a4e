import type { MessageCollector, MessageRecord } from './contract.js';

export const messagesMaxDefault = 4_096;

/** A ring of the latest messages. record() costs one slot; followers are called in turn. */
export function createMessageCollector(options: { readonly messagesMax?: number } = {}): MessageCollector {
  const capacity = options.messagesMax ?? messagesMaxDefault;
  const ring: MessageRecord[] = [];
  const followers = new Set<(message: MessageRecord) => void>();
  let next = 0;
  const tell = (message: MessageRecord) => {
    for (const follower of followers) {
      try {
        follower(message);
      } catch {
        followers.delete(follower); // The contract: a follower that throws is dropped; tracing never breaks the traced.
      }
    }
  };
  return {
    record: (message) => {
      ring[next] = message;
      next = (next + 1) % capacity;
      if (followers.size > 0) tell(message);
    },
    recent: () => (ring.length < capacity ? [...ring] : [...ring.slice(next), ...ring.slice(0, next)]),
    follow: (listener) => {
      followers.add(listener);
      return () => void followers.delete(listener);
    },
  };
}

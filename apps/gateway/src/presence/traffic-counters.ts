import { ERROR_TABLE, type ErrorCode } from '@verbatim/protocol';

/**
 * What this process adds to the fleet's roll-ups. The hot path adds to a plain field; what happens once per connection is
 * counted by name. Bounded: every name comes from a closed list.
 */
export class TrafficCounters {
  /** Audio that Redis holds. Units: samples per channel at 16 kHz. */
  receivedSamples = 0;
  #named = new Map<CounterName, number>();

  count(name: CounterName): void {
    this.#named.set(name, (this.#named.get(name) ?? 0) + 1);
  }

  /** Hands over what came together since the last time, under the names of the roll-ups; nothing that is zero. */
  take(): Readonly<Record<string, number>> {
    const counted = Object.fromEntries(this.#named);
    if (this.receivedSamples !== 0) counted[RECEIVED] = this.receivedSamples;
    this.#named = new Map();
    this.receivedSamples = 0;
    return counted;
  }

  /** Takes back what could not be stored: it goes with the next beat. */
  giveBack(counted: Readonly<Record<string, number>>): void {
    for (const [name, count] of Object.entries(counted)) {
      if (name === RECEIVED) this.receivedSamples += count;
      else this.#named.set(name as CounterName, (this.#named.get(name as CounterName) ?? 0) + count);
    }
  }
}

/** Names of the roll-ups; `/streaming/stats` sums them. */
export type CounterName =
  'sessions_opened' | 'resumes_recovered' | 'resumes_refused' | `refused_sessions:${ErrorCode}` | `closes:${string}`;

const RECEIVED = 'audio_samples_received';

/** A client may close with any number: those that mean nothing to us share one counter. */
const OTHER_CODE = 'other';

/** RFC 6455: what peers and ws itself close with; 1006 is a connection that was cut. */
const STANDARD_CODES: readonly number[] = [1000, 1001, 1002, 1003, 1005, 1006, 1007, 1008, 1009, 1011];

const KNOWN_CODES = new Set<number>([...STANDARD_CODES, ...Object.values(ERROR_TABLE).map((row) => row.closeCode)]);

/** The counter of a close. */
export function closesCounter(code: number): CounterName {
  return `closes:${KNOWN_CODES.has(code) ? code : OTHER_CODE}`;
}

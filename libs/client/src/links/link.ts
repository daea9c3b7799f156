import type { LinkClose } from '../resuming/stream-events.ts';

/** What a connection tells. */
export interface LinkListener {
  readonly onText: (text: string) => void;
  /** Exactly once, also for a connection that did not come about; never before {@link Dial} has returned. */
  readonly onClosed: (close: LinkClose) => void;
}

/** One connection to one gateway. */
export interface Link {
  /** Does nothing once the connection is gone: its close tells. */
  send(data: string | Uint8Array): void;
  /** Says goodbye, so that the gateway detaches the session at once instead of waiting for a pulse. */
  close(): void;
}

/** Begins to connect. */
export type Dial = (address: URL, listener: LinkListener) => Link;

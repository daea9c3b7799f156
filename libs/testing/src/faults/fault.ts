/** `upstream`: from the client to the target, requests. `downstream`: back, replies. */
export type FaultDirection = 'upstream' | 'downstream';

/** One client of the proxy and its own connection to the target. */
export interface ProxiedLink {
  /** 1, 2 … in the order in which the clients came. */
  readonly id: number;
  /** Whether the client has said `text` in one of its messages so far, in any case: `subscribe` tells a Redis subscriber. */
  hasSaid(text: string): boolean;
  /** Resolves when it is gone. */
  readonly closed: Promise<void>;
}

interface Reach {
  /** Default `downstream`, as in Toxiproxy. */
  readonly direction?: FaultDirection;
  /** Which links are hit, asked whenever bytes pass; default all of them. */
  readonly links?: (link: ProxiedLink) => boolean;
}

/** Sees the bytes of one direction of one link in order and gives back those that may pass. */
export type ByteFilter = (bytes: Buffer) => Buffer;

/** What goes wrong. The names up to `limit_data` and what they do are Toxiproxy's. */
export type Fault =
  /** Bytes arrive `latencyMs` ± `jitterMs` later, in order. */
  | ({ readonly type: 'latency'; readonly latencyMs: number; readonly jitterMs?: number } & Reach)
  /** Every link is cut and nobody gets a new one. */
  | { readonly type: 'down' }
  | ({ readonly type: 'bandwidth'; readonly rateKBps: number } & Reach)
  /** The end of the connection is passed on `delayMs` later. */
  | ({ readonly type: 'slow_close'; readonly delayMs: number } & Reach)
  /** Bytes vanish; the link is cut after `timeoutMs`, with 0 it stays until the fault is removed. */
  | ({ readonly type: 'timeout'; readonly timeoutMs: number } & Reach)
  /** The client gets a TCP reset after `timeoutMs`. */
  | ({ readonly type: 'reset_peer'; readonly timeoutMs: number } & Reach)
  /** Bytes arrive in pieces of `averageBytes` ± `variationBytes`, `delayMs` between them. */
  | ({
      readonly type: 'slicer';
      readonly averageBytes: number;
      readonly variationBytes?: number;
      readonly delayMs?: number;
    } & Reach)
  /** After so many bytes the link is cut. */
  | ({ readonly type: 'limit_data'; readonly bytes: number } & Reach)
  /** Requests reach the target, replies do not, and `cutAfterMs` later the link is cut: it is done, and nobody knows. */
  | ({ readonly type: 'drop_replies'; readonly cutAfterMs: number } & Pick<Reach, 'links'>)
  /** Replies vanish and the link stays open: attached and silent. */
  | ({ readonly type: 'silence' } & Pick<Reach, 'links'>)
  /** What a filter of one's own lets through; it removes whole messages, so that what is left can be read. */
  | ({ readonly type: 'filter'; readonly createFilter: () => ByteFilter } & Reach);

export type FaultType = Fault['type'];

export function directionOf(fault: Fault): FaultDirection {
  return 'direction' in fault ? (fault.direction ?? 'downstream') : 'downstream';
}

export function hits(fault: Fault, link: ProxiedLink): boolean {
  return !('links' in fault) || fault.links === undefined || fault.links(link);
}

import {
  parseClientMessage,
  SttError,
  toErrorMessage,
  type ClientMessage,
  type ServerMessage,
} from '@verbatim/protocol';
import type { RawData, WebSocket } from 'ws';
import type { NativeLimits } from './limits.ts';
import { OutgoingQueue } from './outgoing-queue.ts';
import { Pulse } from './pulse.ts';
import { pingTimeout, slowConsumer, tooBig } from './session-errors.ts';
import { violationOf } from './violations.ts';

/** What a client says, already checked; told to the session behind the connection. */
export interface ClientListener {
  onAudio(bytes: Uint8Array): void;
  onMessage(message: Exclude<ClientMessage, { type: 'audio' }>): void;
  /** The frame was refused; the connection is about to be closed with it. */
  onRefused(error: SttError): void;
  /** The socket is gone; nothing follows. */
  onClosed(close: { readonly code: number; readonly reason: string }): void;
}

/** Why no frame is read from a client: TCP then holds it back. */
export type HoldReason = 'opening' | 'pressure' | 'decoding';

const HOLD_BITS: Readonly<Record<HoldReason, number>> = { opening: 1, pressure: 2, decoding: 4 };

/** The close of a session that ended as it should. */
const DONE_CODE = 1000;
const DONE_REASON = 'done';

/** The socket side of one client: frames in, messages out, exactly one close. Knows nothing of sessions. */
export class NativeConnection {
  readonly requestId: string;
  readonly outgoing: OutgoingQueue;
  readonly #socket: WebSocket;
  readonly #limits: NativeLimits;
  #listener: ClientListener | undefined;
  #holds = 0;
  #isClosing = false;
  #receivedMessages = 0;
  #ownClose: { readonly code: number; readonly reason: string } | undefined;
  readonly #pulse: Pulse;

  constructor(
    socket: WebSocket,
    parts: { readonly requestId: string; readonly limits: NativeLimits; readonly nowMs: number },
  ) {
    this.#socket = socket;
    this.#limits = parts.limits;
    this.requestId = parts.requestId;
    this.outgoing = new OutgoingQueue(socket, parts.limits);
    this.#pulse = new Pulse(parts.limits, parts.nowMs);
  }

  get isClosing(): boolean {
    return this.#isClosing;
  }

  get receivedMessages(): number {
    return this.#receivedMessages;
  }

  /** Starts to read. The caller may hold the connection at once: nothing is read before this turn of the loop is over. */
  listen(listener: ClientListener): void {
    this.#listener = listener;
    this.#socket.on('message', (data, isBinary) => this.#receive(data, isBinary));
    this.#socket.on('pong', () => {
      this.#pulse.notePong();
      this.outgoing.setPeerSilent(false);
    });
    this.#socket.on('close', (code, reason) => {
      this.#isClosing = true;
      listener.onClosed(this.#ownClose ?? { code, reason: reason.toString() });
    });
    // ws closes by itself after a protocol violation, with 1002, 1007, 1008 or 1009; the code arrives with `close`.
    this.#socket.on('error', (error) => {
      this.#isClosing = true;
      this.#ownClose ??= violationOf(error);
    });
  }

  hold(reason: HoldReason): void {
    this.#holds |= HOLD_BITS[reason];
    if (!this.#isClosing) this.#socket.pause();
  }

  release(reason: HoldReason): void {
    this.#holds &= ~HOLD_BITS[reason];
    if (this.#holds === 0) this.#socket.resume();
  }

  send(message: ServerMessage): void {
    this.sendDurable(JSON.stringify(message));
  }

  /** Forwards one server message as it is. A client that does not read is closed here. */
  sendDurable(json: string): void {
    if (this.#isClosing) return;
    this.outgoing.sendDurable(json);
    if (this.outgoing.isOverflowing) this.#refuse(slowConsumer());
  }

  sendTransient(json: string): void {
    if (!this.#isClosing) this.outgoing.sendTransient(json);
  }

  /** Tells the client of an error that does not end the connection. */
  sendError(error: SttError, sessionId?: string): void {
    const context = { requestId: this.requestId, atMs: Date.now(), ...(sessionId === undefined ? {} : { sessionId }) };
    this.send(toErrorMessage(error, context));
  }

  /** The one way to close for a reason: one `error` message, then the close code of the table with the slug as reason. */
  closeWith(error: SttError, sessionId?: string): void {
    if (this.#isClosing) return;
    const context = { requestId: this.requestId, atMs: Date.now(), ...(sessionId === undefined ? {} : { sessionId }) };
    this.outgoing.sendDurable(JSON.stringify(toErrorMessage(error, context)));
    this.#close(error.row.closeCode, error.code);
  }

  closeDone(): void {
    if (!this.#isClosing) this.#close(DONE_CODE, DONE_REASON);
  }

  terminate(): void {
    this.#socket.terminate();
  }

  /** Once a round: sends the interim that waited, pings, and notices that nobody is there. */
  checkPulse(nowMs: number): void {
    if (this.#isClosing) return;
    const finding = this.#pulse.look({ nowMs, isHeld: this.#holds !== 0 });
    this.outgoing.setPeerSilent(finding === 'slow' || finding === 'lost');
    this.outgoing.flushWaiting();
    if (finding === 'ping_now') this.#socket.ping();
    else if (finding === 'lost') this.#refuse(pingTimeout());
  }

  #receive(data: RawData, isBinary: boolean): void {
    if (this.#isClosing) return;
    this.#receivedMessages += 1;
    // ws hands out one Buffer per message: its binaryType is `nodebuffer` and stays so.
    if (isBinary) this.#receiveAudio(data as Buffer);
    else this.#receiveText(data as Buffer);
  }

  #receiveText(data: Buffer): void {
    try {
      const message = parseClientMessage(data.toString());
      if (message.type === 'audio') this.#receiveAudio(Buffer.from(message.data, 'base64'));
      else this.#listener?.onMessage(message);
    } catch (thrown) {
      this.#refuse(SttError.from(thrown));
    }
  }

  #receiveAudio(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    if (bytes.length > this.#limits.maxBinaryBytes) this.#refuse(tooBig(bytes.length, this.#limits.maxBinaryBytes));
    else this.#listener?.onAudio(bytes);
  }

  #refuse(error: SttError): void {
    this.#listener?.onRefused(error);
  }

  #close(code: number, reason: string): void {
    this.#isClosing = true;
    this.#ownClose = { code, reason };
    this.#socket.close(code, reason);
    // The client's own close frame waits behind audio that nobody wants any more: read on, to let it through.
    if (this.#socket.isPaused) this.#socket.resume();
  }
}

import { ledgerFrame } from '@verbatim/recognizers';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A client that speaks and never reads: its kernel fills up, then the gateway's. */
export interface SilentReader {
  /** Whether the gateway has given it up. */
  isGivenUp(): boolean;
  stop(): void;
}

const FRAME_INTERVAL_MS = 100;

/** WebSocket: a final binary frame, masked, with a 16 bit length; the mask is zero, so that the payload stays what it is. */
const BINARY_FRAME = 0x82;
const MASKED_16_BIT_LENGTH = 0x80 | 126;
const NO_MASK = Buffer.alloc(4);

/** Opens a session over a bare socket, which no library reads in secret. */
export function startSilentReader(url: string): SilentReader {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  socket.pause();
  socket.write(
    [
      'GET /stt/stream?provider=ledger&buffer_ms=100 HTTP/1.1',
      `Host: ${hostname}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: c2lsZW50IHJlYWRlciAgIA==',
      '\r\n',
    ].join('\r\n'),
  );
  void speak(socket);
  return { isGivenUp: () => socket.destroyed, stop: () => void socket.destroy() };
}

async function speak(socket: Socket): Promise<void> {
  for (let frame = 1; !socket.destroyed; frame += 1) {
    const { buffer, byteOffset, byteLength } = ledgerFrame(frame);
    const head = Buffer.from([BINARY_FRAME, MASKED_16_BIT_LENGTH, byteLength >> 8, byteLength & 0xff]);
    socket.write(Buffer.concat([head, NO_MASK, Buffer.from(buffer, byteOffset, byteLength)]));
    await sleep(FRAME_INTERVAL_MS);
  }
}

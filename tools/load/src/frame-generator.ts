import { WebSocket } from 'ws';

export interface FrameLoad {
  readonly url: string;
  readonly sessions: number;
  readonly frameMs: number;
  /** One frame of audio; the same bytes again and again unless `frameAt` is given. */
  readonly frameAt: (index: number) => Uint8Array;
}

/** Many sockets that each send one frame every `frameMs`, spread evenly over the interval. */
export interface RunningLoad {
  readonly sentFrames: () => number;
  /** Sessions that were closed by the server although the load had not ended. */
  readonly lost: () => number;
  stop(): Promise<void>;
}

const TICK_MS = 10;

export async function startLoad(load: FrameLoad): Promise<RunningLoad> {
  const sockets: WebSocket[] = [];
  for (let index = 0; index < load.sessions; index += 1) sockets.push(await openSocket(load.url));
  let sentFrames = 0;
  let lost = 0;
  for (const socket of sockets) socket.on('close', () => (lost += 1));
  const framesOf = sockets.map(() => 0);
  const slots = load.frameMs / TICK_MS;
  const startedMs = performance.now();
  let tick = 0;
  const timer = setInterval(() => {
    const dueTick = Math.floor((performance.now() - startedMs) / TICK_MS);
    for (; tick < dueTick; tick += 1) {
      for (let index = tick % slots; index < sockets.length; index += slots) {
        const frame = framesOf[index] ?? 0;
        framesOf[index] = frame + 1;
        if (sockets[index]?.readyState !== WebSocket.OPEN) continue;
        sockets[index]?.send(load.frameAt(frame));
        sentFrames += 1;
      }
    }
  }, TICK_MS);
  return {
    sentFrames: () => sentFrames,
    lost: () => lost,
    async stop() {
      clearInterval(timer);
      const closed = sockets.map((socket) => new Promise((resolve) => socket.once('close', resolve)));
      for (const socket of sockets) socket.close();
      await Promise.all(closed);
    },
  };
}

async function openSocket(url: string): Promise<WebSocket> {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  // Reading keeps the peer's buffers empty; the text is not needed here.
  socket.on('message', () => undefined);
  return socket;
}

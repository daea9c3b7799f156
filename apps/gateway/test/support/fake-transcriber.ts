import { openTranscriberSide, type ClaimedSession, type TranscriberSide } from '@verbatim/backbone';
import type { NodeProvider, ProviderName, SessionId } from '@verbatim/protocol';
import { answerEntry, takeUp, type Answering } from './fake-answers.ts';

export interface FakeTranscriberOptions {
  readonly redisUrl: string;
  readonly keyPrefix: string;
  readonly providers?: readonly NodeProvider[];
  /** Put before each word: a phrase that must never be seen in a log. */
  readonly phrase?: string;
  /** Sessions it holds at the most. Default 100. */
  readonly capacity?: number;
}

export interface FakeTranscriber {
  /** Reads no audio until {@link goOn}; keeps its sessions. */
  stall(): void;
  goOn(): void;
  stop(): Promise<void>;
}

const TICK_MS = 10;
/** A quarter of the lease; a node record lives 10 s. Not by ticks: a tick with much audio takes long. */
const SIGN_OF_LIFE_MS = 500;
const LEDGER: NodeProvider = { name: 'ledger', languages: ['*'], status: 'ok' };

interface Run {
  readonly side: TranscriberSide;
  readonly nodeId: string;
  readonly options: Required<FakeTranscriberOptions>;
  readonly held: Map<SessionId, Answering>;
  isStalled: boolean;
  isStopped: boolean;
}

/** Claims sessions and answers their audio with words that show any frame that was lost, doubled or swapped. */
export async function startFakeTranscriber(options: FakeTranscriberOptions): Promise<FakeTranscriber> {
  const nodeId = `fake-${Math.random().toString(36).slice(2)}`;
  const side = await openTranscriberSide({ redisUrl: options.redisUrl, keyPrefix: options.keyPrefix, nodeId });
  const run: Run = {
    ...{ side, nodeId, held: new Map(), isStalled: false, isStopped: false },
    options: { providers: [LEDGER], phrase: '', capacity: 100, ...options },
  };
  await beat(run);
  // Redis may be away: the next one tells again.
  const signs = setInterval(() => void Promise.all([beat(run), renew(run)]).catch(() => undefined), SIGN_OF_LIFE_MS);
  const running = runOn(run);
  return {
    stall: () => void (run.isStalled = true),
    goOn: () => void (run.isStalled = false),
    async stop() {
      run.isStopped = true;
      clearInterval(signs);
      await running;
      await side.leave(nodeId).catch(() => undefined);
      await side.close();
    },
  };
}

async function runOn(run: Run): Promise<void> {
  while (!run.isStopped) {
    try {
      await claim(run);
      if (!run.isStalled) await read(run);
    } catch {
      // Redis is away: the entries are read again.
    }
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  }
}

async function beat({ side, nodeId, held, options }: Run): Promise<void> {
  const { capacity, providers } = options;
  await side.heartbeat(nodeId, {
    ...{ role: 'transcriber', version: '0', started_at_ms: Date.now(), sessions: held.size, capacity, load: 0 },
    ...{ draining: false, providers: [...providers] },
  });
}

async function renew({ side, held }: Run): Promise<void> {
  const sessions = [...held.values()].map(({ session }) => session);
  for (const lost of await side.renewLeases(sessions)) held.delete(lost);
}

async function claim({ side, held, options }: Run): Promise<void> {
  const free = options.capacity - held.size;
  if (free <= 0) return;
  const names = options.providers.map(({ name }) => name as ProviderName);
  const claimed: readonly ClaimedSession[] = await side.claim(Math.min(free, 10), names);
  for (const session of claimed) held.set(session.sessionId, takeUp(session));
}

async function read({ side, held, options }: Run): Promise<void> {
  if (held.size === 0) return;
  const cursors = [...held].map(([sessionId, { cursor }]) => ({ sessionId, afterStreamId: cursor }));
  for (const [sessionId, entries] of await side.readAudio(cursors)) {
    const one = held.get(sessionId);
    if (one === undefined) continue;
    for (const entry of entries) await answerEntry(side, one, entry, options.phrase);
    if (one.isOver) held.delete(sessionId);
  }
}

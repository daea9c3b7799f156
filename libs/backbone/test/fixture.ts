import { randomBytes } from 'node:crypto';
import type { Cluster, Redis } from 'ioredis';
import { sessionConfigSchema, shardOf, type OpenSessionConfig, type Seq, type SessionId } from '@verbatim/protocol';
import { startRedis } from '@verbatim/testing';
import { createQueueConnection, openGatewaySide, openTranscriberSide } from '../src/index.ts';
import type {
  AudioWriter,
  BackboneOptions,
  ClaimedSession,
  CommitRequest,
  DurableMessage,
  GatewaySide,
  GoneReason,
  OpenedSession,
  TextListener,
  TranscriberSide,
} from '../src/index.ts';
import { createKeys, type Keys } from '../src/keys.ts';

/** A Redis the specs run against: a private one, or the cluster that VERBATIM_TEST_CLUSTER names. */
export interface RedisUnderTest {
  readonly url: string;
  readonly isCluster: boolean;
  stop(): Promise<void>;
}

export async function startRedisUnderTest(): Promise<RedisUnderTest> {
  const clusterUrl = process.env['VERBATIM_TEST_CLUSTER'];
  if (clusterUrl !== undefined) return { url: clusterUrl, isCluster: true, stop: () => Promise.resolve() };
  const redis = await startRedis();
  return { url: redis.url, isCluster: false, stop: () => redis.stop() };
}

/** Both faces on one Redis under a prefix of their own, and a plain client to look behind them. */
export interface Fixture {
  readonly options: BackboneOptions;
  readonly gateway: GatewaySide;
  /** The node `n1`. */
  readonly transcriber: TranscriberSide;
  /** The node `n2`; its events are told to nobody. */
  readonly rival: TranscriberSide;
  readonly raw: Redis | Cluster;
  readonly keys: Keys;
  /** Opens a session that asks for the ledger recogniser. */
  open(config?: Partial<OpenSessionConfig>): Promise<OpenedSession>;
  /** Opens and claims one. */
  openClaimed(): Promise<ClaimedSession & OpenedSession>;
  /** When the reaper may finalise a session, counted from now by the clock of Redis; `undefined`: never. */
  dueInMs(sessionId: SessionId): Promise<number | undefined>;
  close(): Promise<void>;
}

type FixtureOptions = Partial<BackboneOptions> & { readonly url: string };

export async function openFixture({ url, ...rest }: FixtureOptions): Promise<Fixture> {
  const options: BackboneOptions = {
    redisUrl: url,
    keyPrefix: `t${randomBytes(6).toString('hex')}`,
    ...rest,
  };
  const [gateway, transcriber, rival] = await Promise.all([
    openGatewaySide(options),
    openTranscriberSide({ ...options, nodeId: 'n1' }),
    openTranscriberSide({ ...options, nodeId: 'n2', onEvent: () => undefined }),
  ]);
  const raw = createQueueConnection(url);
  const keys = createKeys(options.keyPrefix ?? '');
  const open = (config: Partial<OpenSessionConfig> = {}) => gateway.openSession(sessionConfig(config));
  return {
    options,
    gateway,
    transcriber,
    rival,
    raw,
    keys,
    open,
    async openClaimed() {
      const opened = await open();
      const claimed = (await transcriber.claim(1000, ['ledger'])).find(
        ({ sessionId }) => sessionId === opened.sessionId,
      );
      if (!claimed) throw new Error('the session was not to be had');
      return { ...claimed, ...opened };
    },
    async dueInMs(sessionId) {
      const expiry = keys.expiry(shardOf(sessionId));
      const dueMs = await raw.zscore(expiry, sessionId);
      const [seconds = 0] = (await raw.eval("return redis.call('TIME')", 1, expiry)) as number[];
      return dueMs === null ? undefined : Number(dueMs) - seconds * 1000;
    },
    async close() {
      await Promise.all([gateway.close(), transcriber.close(), rival.close()]);
      raw.disconnect();
    },
  };
}

export function sessionConfig(config: Partial<OpenSessionConfig> = {}): OpenSessionConfig {
  return { ...sessionConfigSchema.parse({}), provider: 'ledger', ...config };
}

export const CHUNK_SAMPLES = 1600;
export const CHUNK_BYTES = 3200;

/** The n-th 100 ms of a session, n = 1, 2 …; its bytes tell which one it is. */
export function chunk(n: number) {
  const pcm = Buffer.alloc(CHUNK_BYTES);
  for (let offset = 0; offset < CHUNK_BYTES; offset += 4) pcm.writeUInt32LE(n, offset);
  return { endSample: n * CHUNK_SAMPLES, pcm, clientBytes: n * CHUNK_BYTES };
}

/** Opens a writer from the start and writes down what it is told. */
export function recordWriter(
  gateway: GatewaySide,
  session: { readonly sessionId: SessionId; readonly connection?: number },
  start = { sample: 0, clientBytes: 0 },
) {
  const told = { storedSample: start.sample, storedCount: 0, pressure: [] as boolean[], lost: [] as string[] };
  const writer: AudioWriter = gateway.openAudioWriter(session, start, {
    onStored({ sample }) {
      told.storedSample = sample;
      told.storedCount += 1;
    },
    onPressure: (isUnderPressure) => told.pressure.push(isUnderPressure),
    onLost: (error) => told.lost.push(error.code),
  });
  return { writer, told };
}

/** Follows a session and writes down what it is told. */
export async function recordFollowing(gateway: GatewaySide, sessionId: SessionId, connection = 1, afterSeq = 0) {
  const { told, listener } = recordText();
  const following = await gateway.follow(sessionId, connection, afterSeq as Seq, listener);
  return { following, told };
}

/** A listener that writes down what it is told. */
export function recordText() {
  const told = { durable: [] as number[], transient: [] as string[], replaced: 0, gone: [] as GoneReason[] };
  const listener: TextListener = {
    onDurable: ({ seq }) => told.durable.push(seq),
    onTransient: (json) => told.transient.push(json),
    onReplaced: () => (told.replaced += 1),
    onGone: (why) => told.gone.push(why),
  };
  return { told, listener };
}

export function message(seq: number, json = `{"w":${seq}}`): DurableMessage {
  return { seq: seq as Seq, json };
}

export function commitOf(
  claimed: Pick<ClaimedSession, 'sessionId' | 'fence'>,
  messages: readonly DurableMessage[],
  rest: Partial<CommitRequest> = {},
): CommitRequest {
  return {
    sessionId: claimed.sessionId,
    fence: claimed.fence,
    afterSeq: ((messages[0]?.seq ?? 1) - 1) as Seq,
    messages,
    checkpoint: `{"after":${messages.at(-1)?.seq ?? 0}}`,
    releaseBeforeSample: 0,
    endsSession: false,
    ...rest,
  };
}

/** 1, 2 … n. */
export function upTo(n: number): number[] {
  return Array.from({ length: n }, (_, index) => index + 1);
}

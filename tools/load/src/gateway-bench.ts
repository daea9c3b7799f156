import { fileURLToPath } from 'node:url';
import { openStreamingSession, type StreamingSession } from '@verbatim/client';
import { startFleet, type Fleet } from '@verbatim/fleet';
import type { ServerMessage } from '@verbatim/protocol';
import { ledgerFrame } from '@verbatim/recognizers';
import { startProcess } from '@verbatim/testing';
import { startLoad } from './frame-generator.ts';
import { atMost, figure, type GoalResult } from './goals.ts';
import { cpuSecondsOf, residentBytesOf } from './process-usage.ts';
import { percentile } from './statistics.ts';

const SESSION_COUNTS = [100, 500, 1000] as const;
const MEASURED_SECONDS = 12;
const SETTLE_SECONDS = 3;
const PROBES = 10;
const FRAME_MS = 100;
const SHORT_FRAME_MS = 20;
const QUERY = '/stt/stream?provider=ledger';

interface Cost {
  readonly sessions: number;
  readonly gatewayMicrosPerFrame: number;
  readonly redisMicrosPerFrame: number;
  readonly transcriberMicrosPerFrame: number;
  readonly sinkMicrosPerFrame: number;
  readonly gatewayBytesPerSession: number;
  readonly probeMs: readonly number[];
  readonly lost: number;
}

export interface GatewayBench {
  readonly goals: readonly GoalResult[];
  readonly costs: readonly Cost[];
  readonly shortFrames: { readonly gatewayMicros: number; readonly sinkMicros: number };
}

/** What a frame costs in gateway, Redis and transcriber, beside a bare `ws` sink under the same load in the same run. */
export async function benchGateway(log: (line: string) => void): Promise<GatewayBench> {
  const costs: Cost[] = [];
  for (const sessions of SESSION_COUNTS) {
    costs.push(await measureCost(sessions));
    const last = costs.at(-1);
    log(
      `  ${sessions} sessions: gateway ${last?.gatewayMicrosPerFrame.toFixed(1)} µs, sink ${last?.sinkMicrosPerFrame.toFixed(1)} µs a frame`,
    );
  }
  const shortFrames = await measureShortFrames();
  return { goals: toGoals(costs, shortFrames), costs, shortFrames };
}

async function measureCost(sessions: number): Promise<Cost> {
  const sinkMicrosPerFrame = await measureSink(sessions, FRAME_MS);
  return withLedgerFleet(sessions, async (fleet, gatewayPid, transcriberPid) => {
    const url = webSocketUrl(fleet);
    const idleBytes = residentBytesOf(gatewayPid);
    const load = await startLoad({ url, sessions, frameMs: FRAME_MS, frameAt: ledgerBytes });
    const probing = probeRoundTrips(fleet.gateways[0]?.url ?? '');
    await seconds(SETTLE_SECONDS);
    const pids = [gatewayPid, fleet.redis.pid, transcriberPid];
    const before = pids.map(cpuSecondsOf);
    const framesBefore = load.sentFrames();
    await seconds(MEASURED_SECONDS);
    const frames = load.sentFrames() - framesBefore;
    const micros = pids.map((pid, index) => ((cpuSecondsOf(pid) - (before[index] ?? 0)) * 1e6) / frames);
    const gatewayBytesPerSession = (residentBytesOf(gatewayPid) - idleBytes) / sessions;
    const probeMs = await probing;
    const lost = load.lost();
    await load.stop();
    const [gatewayMicrosPerFrame = 0, redisMicrosPerFrame = 0, transcriberMicrosPerFrame = 0] = micros;
    return {
      sessions,
      gatewayMicrosPerFrame,
      redisMicrosPerFrame,
      transcriberMicrosPerFrame,
      sinkMicrosPerFrame,
      gatewayBytesPerSession,
      probeMs,
      lost,
    };
  });
}

async function measureShortFrames(): Promise<{ readonly gatewayMicros: number; readonly sinkMicros: number }> {
  const sessions = 200;
  const sinkMicros = await measureSink(sessions, SHORT_FRAME_MS);
  const gatewayMicros = await withLedgerFleet(sessions, async (fleet, gatewayPid) => {
    const load = await startLoad({
      url: webSocketUrl(fleet),
      sessions,
      frameMs: SHORT_FRAME_MS,
      frameAt: shortLedgerBytes,
    });
    await seconds(SETTLE_SECONDS);
    const micros = await microsPerFrame(gatewayPid, load.sentFrames);
    await load.stop();
    return micros;
  });
  return { gatewayMicros, sinkMicros };
}

async function measureSink(sessions: number, frameMs: number): Promise<number> {
  let port = 0;
  const sink = await startProcess({
    name: 'sink',
    command: process.execPath,
    args: [fileURLToPath(new URL('./sink-server.js', import.meta.url))],
    isReady(line) {
      port = (JSON.parse(line) as { port: number }).port;
      return true;
    },
  });
  const frameAt = frameMs === FRAME_MS ? ledgerBytes : shortLedgerBytes;
  const load = await startLoad({ url: `ws://127.0.0.1:${port}`, sessions, frameMs, frameAt });
  await seconds(SETTLE_SECONDS);
  const micros = await microsPerFrame(sink.pid, load.sentFrames);
  await load.stop();
  await sink.stop();
  return micros;
}

async function microsPerFrame(pid: number, sentFrames: () => number): Promise<number> {
  const before = cpuSecondsOf(pid);
  const framesBefore = sentFrames();
  await seconds(MEASURED_SECONDS);
  return ((cpuSecondsOf(pid) - before) * 1e6) / (sentFrames() - framesBefore);
}

async function withLedgerFleet<Result>(
  sessions: number,
  measure: (fleet: Fleet, gatewayPid: number, transcriberPid: number) => Promise<Result>,
): Promise<Result> {
  const env = { STT_CAPACITY: String(sessions + PROBES + 10) };
  const fleet = await startFleet({ gateways: 1, transcribers: 1, providers: 'ledger', env });
  try {
    return await measure(fleet, fleet.gateways[0]?.process.pid ?? 0, fleet.transcribers[0]?.pid ?? 0);
  } finally {
    await fleet.stop();
  }
}

/** One chunk through gateway, Redis, transcriber and back: a frame and `finalize`, until the final with its word is here. */
async function probeRoundTrips(url: string): Promise<readonly number[]> {
  const probes = Array.from({ length: PROBES }, async (_, probe) => {
    const session = await openStreamingSession({ url, config: { provider: 'ledger', interim_results: false } });
    const messages: AsyncIterator<ServerMessage, unknown> = session[Symbol.asyncIterator]();
    await seconds(SETTLE_SECONDS + probe / PROBES);
    const times: number[] = [];
    for (let turn = 1; turn <= MEASURED_SECONDS; turn += 1) {
      const sentMs = performance.now();
      await session.sendAudio(ledgerBytes(turn));
      session.finalize();
      await nextFinal(messages);
      times.push(performance.now() - sentMs);
      await seconds(1 - (performance.now() - sentMs) / 1000);
    }
    await finish(session);
    return times;
  });
  return (await Promise.all(probes)).flat();
}

async function nextFinal(messages: AsyncIterator<ServerMessage, unknown>): Promise<void> {
  for (;;) {
    const next = await messages.next();
    if (next.done === true) throw new Error('the probe session ended before its final came');
    if (next.value.type === 'transcription' && next.value.is_final) return;
  }
}

async function finish(session: StreamingSession): Promise<void> {
  session.end();
  await session.closed;
}

function toGoals(
  costs: readonly Cost[],
  short: { readonly gatewayMicros: number; readonly sinkMicros: number },
): readonly GoalResult[] {
  const first = costs[0];
  const last = costs.at(-1);
  if (first === undefined || last === undefined) return [];
  const samples = MEASURED_SECONDS * 10 * last.sessions;
  const growth = (cost: (of: Cost) => number): number => cost(last) / cost(first);
  return [
    ...costs.map(
      ({ sessions, gatewayMicrosPerFrame, sinkMicrosPerFrame, redisMicrosPerFrame, transcriberMicrosPerFrame }) =>
        figure(
          `µs per 100 ms frame at ${sessions} sessions: gateway / Redis / transcriber / bare sink`,
          [gatewayMicrosPerFrame, redisMicrosPerFrame, transcriberMicrosPerFrame, sinkMicrosPerFrame]
            .map((micros) => micros.toFixed(1))
            .join(' / '),
          { unit: '', samples: MEASURED_SECONDS * 10 * sessions },
        ),
    ),
    atMost(
      `gateway CPU per frame ÷ bare ws sink, ${last.sessions} sessions`,
      2.5,
      last.gatewayMicrosPerFrame / last.sinkMicrosPerFrame,
      { unit: '', samples },
    ),
    atMost('… 20 ms frames, coalesced, 200 sessions', 2.5, short.gatewayMicros / short.sinkMicros, {
      unit: '',
      samples: MEASURED_SECONDS * 50 * 200,
    }),
    atMost(`gateway memory a session, ${last.sessions} sessions`, 40, last.gatewayBytesPerSession / 1024, {
      unit: ' kB',
      samples: last.sessions,
    }),
    atMost(
      'growth of gateway cost per session, 100 → 1000',
      1.2,
      growth((of) => of.gatewayMicrosPerFrame),
      { unit: '', samples },
    ),
    ...costs.flatMap(({ sessions, probeMs }) => [
      atMost(`one chunk there and back at ${sessions} sessions, p50`, 40, percentile(probeMs, 0.5), {
        unit: ' ms',
        samples: probeMs.length,
      }),
      atMost(`one chunk there and back at ${sessions} sessions, p99`, 120, percentile(probeMs, 0.99), {
        unit: ' ms',
        samples: probeMs.length,
      }),
    ]),
    figure(
      'sessions dropped under this load',
      costs.reduce((total, { lost }) => total + lost, 0),
      { unit: '', samples: costs.reduce((total, { sessions }) => total + sessions, 0) },
    ),
  ];
}

function webSocketUrl(fleet: Fleet): string {
  return `${(fleet.gateways[0]?.url ?? '').replace('http', 'ws')}${QUERY}`;
}

/** 1 s of silence follows 5 s of numbered frames, so that utterances end as they do in speech. */
function ledgerBytes(index: number): Uint8Array {
  const SPOKEN = 50;
  const TURN = 60;
  return index % TURN < SPOKEN ? bytesOf(ledgerFrame(index)) : SILENCE;
}

const SILENCE = new Uint8Array(3200);
const SHORT_FRAMES_PER_FRAME = FRAME_MS / SHORT_FRAME_MS;

function shortLedgerBytes(index: number): Uint8Array {
  const frame = ledgerBytes(Math.floor(index / SHORT_FRAMES_PER_FRAME));
  const bytes = frame.length / SHORT_FRAMES_PER_FRAME;
  const part = index % SHORT_FRAMES_PER_FRAME;
  return frame.subarray(part * bytes, (part + 1) * bytes);
}

function bytesOf(samples: Int16Array): Uint8Array {
  return new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
}

function seconds(count: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, count * 1000)));
}

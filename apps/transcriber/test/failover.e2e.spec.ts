import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { serverMessageSchema } from '@verbatim/protocol';
import { ledgerAudio, ledgerSilence, ledgerWords } from '@verbatim/recognizers';
import { eventually } from '@verbatim/testing';
import { eventsOf, startBench, type Bench } from './bench.ts';
import { openCall, type Call } from './call.ts';
import { startLedgerServer, type LedgerServer, type ServerMood } from './ledger-server.ts';

const words = (from: number, frames: number): string => ledgerWords(from, frames).join(' ');

/** Five times as fast as real time. Units: milliseconds a frame. */
const PACE_MS = 20;

describe('a transcriber whose preferred recogniser goes away', () => {
  let bench: Bench;
  let server: LedgerServer;

  beforeEach(async () => {
    server = await startLedgerServer();
    bench = await startBench({
      env: {
        STT_PROVIDERS: 'whisper,ledger',
        STT_WHISPER_BASE_URL: server.url,
        STT_VOICE_ACTIVITY: 'level',
        STT_PROVIDER_TIMEOUT_MS: '1000',
      },
    });
  });

  afterEach(async () => {
    await bench.stop();
    await server.close();
  });

  const providersOf = (call: Call): string[] => call.finals().map(({ provider }) => provider);
  const statesOf = (call: Call) =>
    call.transient.flatMap((message) => (message.type === 'session_status' ? [[message.state, message.provider]] : []));

  it.each<[ServerMood, string]>([
    [503, 'unavailable'],
    [401, 'unauthorized'],
    ['hangs', 'timeout'],
  ])(
    'goes on with the next from the last final (%s), without a word lost or doubled',
    async (mood, failure) => {
      const transcriber = await bench.startTranscriber();
      const call = await openCall(bench.gateway, { provider: 'whisper', fallbacks: ['ledger'] });
      await call.say(ledgerAudio({ from: 1, frames: 20 }), PACE_MS);
      await call.say(ledgerSilence(10), PACE_MS);
      await eventually(() => expect(providersOf(call)).toEqual(['whisper']));
      await call.say(ledgerAudio({ from: 21, frames: 15 }), PACE_MS);
      server.mood = mood;
      await call.say(ledgerAudio({ from: 36, frames: 45 }), PACE_MS);
      await call.say(ledgerSilence(10), PACE_MS);
      await eventually(() => expect(call.textOf()).toBe(words(1, 80)));
      const ended = await call.end();
      expect(ended.text).toBe(words(1, 80));
      expect(providersOf(call).at(-1)).toBe('ledger');
      expect(statesOf(call)).toContainEqual(['recovering', 'ledger']);
      expect(call.transient.map((message) => serverMessageSchema.parse(message))).toEqual(call.transient);
      expect(eventsOf(transcriber, 'provider_switched')).toMatchObject([{ from: 'whisper', to: 'ledger', failure }]);
      await eventually(async () => {
        const stats = await bench.gateway.readStats(5);
        expect(stats[`failovers:whisper:ledger:${failure}`]).toBe(1);
        expect(stats[`errors:whisper:${failure}`]).toBeGreaterThan(0);
      });
    },
    30_000,
  );

  it('asks the next one as well when a final is slow, and takes what comes first', async () => {
    await bench.startTranscriber({ STT_HEDGE_AFTER_MS: '200', STT_PROVIDER_TIMEOUT_MS: '20000' });
    const call = await openCall(bench.gateway, { provider: 'whisper', fallbacks: ['ledger'] });
    await call.say(ledgerAudio({ from: 1, frames: 20 }), PACE_MS);
    await call.say(ledgerSilence(10), PACE_MS);
    await eventually(() => expect(providersOf(call)).toEqual(['whisper']));
    await call.say(ledgerAudio({ from: 21, frames: 4 }), PACE_MS);
    server.mood = 'hangs';
    await call.say(ledgerAudio({ from: 25, frames: 16 }), PACE_MS);
    await call.say(ledgerSilence(10), PACE_MS);
    await eventually(() => expect(providersOf(call)).toEqual(['whisper', 'ledger']));
    server.mood = 'answers';
    await call.say(ledgerAudio({ from: 41, frames: 20 }), PACE_MS);
    expect((await call.end()).text).toBe(words(1, 60));
    expect(providersOf(call)).toEqual(['whisper', 'ledger', 'whisper']);
    await eventually(async () => {
      const stats = await bench.gateway.readStats(5);
      expect(stats).toMatchObject({ 'hedges:whisper:ledger': 1, 'hedges_won:whisper:ledger': 1 });
      expect(stats['errors:whisper']).toBeUndefined();
    });
  }, 30_000);

  it('tells the fleet that it is down, and begins new sessions elsewhere', async () => {
    server.mood = 401;
    await bench.startTranscriber();
    const first = await openCall(bench.gateway, { provider: 'whisper', fallbacks: ['ledger'] });
    await first.say(ledgerAudio({ from: 1, frames: 20 }), PACE_MS);
    expect((await first.end()).text).toBe(words(1, 20));
    await eventually(async () => {
      const [node] = await bench.gateway.listNodes();
      expect(node?.record.providers).toMatchObject([
        { name: 'whisper', status: 'down', breaker: 'open', reason: expect.stringContaining('unauthorized') },
        { name: 'ledger', status: 'ok', breaker: 'closed' },
      ]);
    });
    const asked = server.requests;
    const second = await openCall(bench.gateway, { provider: 'whisper', fallbacks: ['ledger'] });
    await second.say(ledgerAudio({ from: 1, frames: 20 }), PACE_MS);
    expect((await second.end()).text).toBe(words(1, 20));
    expect(server.requests).toBe(asked);
  }, 30_000);
});

describe('a transcriber that cannot use what it was told to offer', () => {
  it('says all that is wrong at once, and no secret', async () => {
    const bench = await startBench();
    const started = bench.startTranscriber({
      STT_PROVIDERS: 'whisper,google,local',
      STT_GOOGLE_ENDPOINT: 'not an endpoint',
      STT_LOCAL_MODEL: './no-such-model',
    });
    const problem = await started.then(
      () => new Error('it started'),
      (error: unknown) => error as Error,
    );
    expect(problem.message).toMatch(/Provider whisper:[^]*Provider google:[^]*Provider local:/);
    await bench.stop();
  }, 30_000);
});

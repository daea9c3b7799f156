import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openTranscriptionStream } from '@verbatim/client';
import { ledgerAudio, ledgerSilence, ledgerWords } from '@verbatim/recognizers';
import { setTimeout as pause } from 'node:timers/promises';
import { startFleet, type Fleet } from '../src/index.ts';

const SENTENCES = 12;
const SENTENCE_FRAMES = 40;
const PAUSE_FRAMES = 10;
/** Divides neither a sample nor a frame. */
const PIECE_BYTES = 4001;
/** Some eight times as fast as it is spoken. */
const PAUSE_MS = 15;
const KILLS = 3;

/** Frames 1, 2, 3 … with a pause after each sentence. */
function sentences(): Int16Array {
  const parts = Array.from({ length: SENTENCES }, (_, index) => [
    ledgerAudio({ from: 1 + index * SENTENCE_FRAMES, frames: SENTENCE_FRAMES }),
    ledgerSilence(PAUSE_FRAMES),
  ]).flat();
  return Int16Array.from(parts.flatMap((part) => [...part]));
}

/** A WAV file as a recorder streams it: its length is not known when its head is written. */
function streamedWav(samples: Int16Array): Buffer {
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(0xffffffff, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(16_000, 24);
  head.writeUInt32LE(32_000, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36);
  head.writeUInt32LE(0xffffffff, 40);
  return Buffer.concat([head, Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength)]);
}

describe('packed audio from the SDK, two gateways, two transcribers', () => {
  let fleet: Fleet;

  beforeAll(async () => {
    fleet = await startFleet({ gateways: 2, transcribers: 2, providers: 'ledger' });
  }, 60_000);

  afterAll(() => fleet.stop());

  it(`loses and doubles nothing when the gateway that decodes it is killed ${KILLS} times`, async () => {
    const bytes = streamedWav(sentences());
    const urls = fleet.gateways.map(({ url }) => url);
    const stream = await openTranscriptionStream({ urls, config: { encoding: 'container' }, stableAfterMs: 1000 });
    const killAt = Array.from({ length: KILLS }, (_, index) => Math.floor(((index + 1) * bytes.length) / (KILLS + 1)));

    let transcript: string | undefined;
    const reading = (async () => {
      for await (const message of stream) if (message.type === 'session_ended') transcript = message.text;
    })();
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
      if (killAt.length > 0 && at >= (killAt[0] ?? 0)) {
        killAt.shift();
        // Whichever holds the session: it is one of the two, and the next one takes its port.
        const victim = fleet.gateways[0];
        const { port } = new URL(victim?.url ?? '');
        await victim?.process.kill();
        await fleet.startGateway({ PORT: port });
      }
      await stream.sendAudio(bytes.subarray(at, at + PIECE_BYTES));
      await pause(PAUSE_MS);
    }
    stream.end();
    await reading;
    expect(transcript).toBe(ledgerWords(1, SENTENCES * SENTENCE_FRAMES).join(' '));
  }, 60_000);
});

import { describe, expect, it } from '@jest/globals';
import { ledgerAudio, ledgerWords } from '../ledger/ledger-audio.ts';
import { createLedgerRecognizer } from '../ledger/ledger-recognizer.ts';
import type { DecodeRequest, Recognition, StreamingRecognizer, WindowedRecognizer } from '../recognizer.ts';
import type { ContractSubject } from './contract-subject.ts';
import { STREAMING_CONTRACT } from './streaming.contract.ts';
import { WINDOWED_CONTRACT } from './windowed.contract.ts';

const FRAMES = 12;

function subjectOf<Kind extends WindowedRecognizer | StreamingRecognizer>(open: () => Kind): ContractSubject<Kind> {
  return {
    open: () => Promise.resolve(open()),
    speech: Float32Array.from(ledgerAudio({ from: 40, frames: FRAMES }), (sample) => sample / 32_768),
    text: ledgerWords(40, FRAMES).join(' '),
    language: 'en',
  };
}

function block(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

/** A sound recogniser with one method replaced. */
function windowed(
  decode: (request: DecodeRequest, sound: WindowedRecognizer) => Promise<Recognition>,
  capabilities: Partial<WindowedRecognizer['capabilities']> = {},
): WindowedRecognizer {
  const sound = createLedgerRecognizer({ kind: 'windowed', decodeDelayMs: 5 });
  return {
    name: 'broken',
    capabilities: { ...sound.capabilities, ...capabilities },
    decode: (request) => decode(request, sound),
    close: () => sound.close(),
  };
}

const BROKEN_WINDOWED: readonly [rule: string, breaks: string, open: () => WindowedRecognizer][] = [
  ['says what it can do', 'serves no language', () => windowed((r, sound) => sound.decode(r), { languages: [] })],
  [
    'answers what was said, in the promised form',
    'invents a confidence',
    () => windowed(async (r, sound) => ({ ...(await sound.decode(r)), confidence: 0.9 })),
  ],
  [
    'answers what was said, in the promised form',
    'swallows a word',
    () =>
      windowed(async (r, sound) => {
        const found = await sound.decode(r);
        return { ...found, text: found.text.replace('w41 ', '') };
      }),
  ],
  [
    'names a language when it was left to find it',
    'echoes `auto`',
    () => windowed(async (r, sound) => ({ ...(await sound.decode(r)), language: r.language })),
  ],
  [
    'answers nothing for no audio and for a few samples',
    'throws a bare error for no audio',
    () => windowed((r, sound) => (r.samples.length < 100 ? Promise.reject(new Error('shape {0}')) : sound.decode(r))),
  ],
  [
    'answers nothing for silence',
    'hallucinates in silence',
    () =>
      windowed(async (r, sound) => {
        const found = await sound.decode(r);
        return found.text === '' ? { ...found, text: 'Thank you.' } : found;
      }),
  ],
  [
    'refuses a language that it does not serve and says so',
    'serves a language that it does not know',
    () => windowed((r, sound) => sound.decode(r), { languages: ['en'] }),
  ],
  [
    'serves a regional form of its language',
    'knows base languages only',
    () =>
      windowed((r, sound) =>
        r.language.includes('-') ? Promise.reject(new Error('unknown language')) : sound.decode(r),
      ),
  ],
  [
    'stops at the abort signal, before and during the decode, and goes on working',
    'does not look at the signal',
    () => windowed(({ samples, language }, sound) => sound.decode({ samples, language })),
  ],
  [
    'answers each of many decodes at once as if it were alone',
    'mixes up decodes that run side by side',
    () => {
      let last: Recognition | null = null;
      return windowed(async (r, sound) => {
        const found = await sound.decode(r);
        last ??= found;
        return last;
      });
    },
  ],
  [
    'may be closed in the middle of decodes, and refuses any later one',
    'works on after it was closed',
    () => windowed((r) => createLedgerRecognizer({ kind: 'windowed' }).decode(r)),
  ],
  [
    'never blocks the event loop',
    'decodes on the event loop',
    () =>
      windowed((r, sound) => {
        block(80);
        return sound.decode(r);
      }),
  ],
];

function streaming(change: (sound: StreamingRecognizer) => Partial<StreamingRecognizer>): StreamingRecognizer {
  const sound = createLedgerRecognizer({ kind: 'streaming', decodeDelayMs: 1 });
  return { ...sound, ...change(sound) };
}

const BROKEN_STREAMING: readonly [rule: string, breaks: string, open: () => StreamingRecognizer][] = [
  [
    'says what it can do',
    'has no concurrency',
    () => streaming((sound) => ({ capabilities: { ...sound.capabilities, concurrency: 0 } })),
  ],
  [
    'answers what was said, fed in pieces of any size, in the promised form',
    'forgets what it was fed before',
    () =>
      streaming((sound) => ({
        openStream: (options) => ({ ...sound.openStream(options), finish: () => sound.openStream(options).finish() }),
      })),
  ],
  [
    'answers nothing for no audio, a few samples and silence',
    'hallucinates in silence',
    () =>
      streaming((sound) => ({
        openStream(options) {
          const stream = sound.openStream(options);
          return { ...stream, finish: async () => ({ ...(await stream.finish()), text: 'Thank you.' }) };
        },
      })),
  ],
  [
    'keeps streams apart, and one that is dropped disturbs none',
    'has one stream for all',
    () =>
      streaming((sound) => {
        const only = sound.openStream({ language: 'en' });
        return { openStream: () => only };
      }),
  ],
  [
    'takes no more audio once a stream is finished or dropped',
    'takes audio after the end',
    () =>
      streaming((sound) => ({
        openStream(options) {
          const stream = sound.openStream(options);
          return { ...stream, feed: (samples) => sound.openStream(options).feed(samples) };
        },
      })),
  ],
  [
    'refuses a language that it does not serve and says so',
    'serves a language that it does not know',
    () => streaming((sound) => ({ capabilities: { ...sound.capabilities, languages: ['en'] } })),
  ],
  [
    'may be closed while it is fed, and refuses any later audio',
    'never closes',
    () => streaming(() => ({ close: () => Promise.resolve() })),
  ],
  [
    'never blocks the event loop',
    'decodes on the event loop',
    () =>
      streaming((sound) => ({
        openStream(options) {
          block(80);
          return sound.openStream(options);
        },
      })),
  ],
];

describe('the contract of a windowed recogniser', () => {
  it.each(BROKEN_WINDOWED)('"%s" fails for one that %s', async (rule, _breaks, open) => {
    const check = WINDOWED_CONTRACT.find(({ name }) => name === rule);
    expect(check).toBeDefined();
    await expect(check?.run(subjectOf(open))).rejects.toThrow();
  });

  it('has a broken fake for each of its promises', () => {
    expect(new Set(BROKEN_WINDOWED.map(([rule]) => rule))).toEqual(new Set(WINDOWED_CONTRACT.map(({ name }) => name)));
  });
});

describe('the contract of a streaming recogniser', () => {
  it.each(BROKEN_STREAMING)('"%s" fails for one that %s', async (rule, _breaks, open) => {
    const check = STREAMING_CONTRACT.find(({ name }) => name === rule);
    expect(check).toBeDefined();
    await expect(check?.run(subjectOf(open))).rejects.toThrow();
  });

  it('has a broken fake for each of its promises', () => {
    expect(new Set(BROKEN_STREAMING.map(([rule]) => rule))).toEqual(
      new Set(STREAMING_CONTRACT.map(({ name }) => name)),
    );
  });
});

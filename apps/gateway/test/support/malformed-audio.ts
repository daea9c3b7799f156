import { createRandom, type SeededRandom } from '@verbatim/testing';
import { fixture } from './fixtures.ts';

/** A file that something happened to. */
export interface MalformedAudio {
  /** What it was and what was done to it, for the message of a test that fails. */
  readonly story: string;
  readonly bytes: Uint8Array;
}

const FILES = [
  ...['speech.wav', 'speech.ulaw.wav', 'speech.alaw.wav', 'speech-stereo.wav', 'speech.flac', 'speech.mp3'],
  ...['speech-44k.mp3', 'speech.opus.ogg', 'speech-stereo.opus.ogg', 'speech.vorbis.ogg', 'speech-44k.vorbis.ogg'],
  ...['speech.webm', 'speech.chromium.webm', 'speech.m4a', 'speech.aac'],
] as const;

/** Where lengths, counts and tables stand; most damage is done here. Units: bytes. */
const HEAD_BYTES = 512;

const MOST_FLIPS = 200;
const MOST_INSERTED_BYTES = 4096;

type Damage = (bytes: Buffer, random: SeededRandom) => Buffer;

const DAMAGES: Readonly<Record<string, Damage>> = {
  'bits flipped in its head': (bytes, random) => flip(bytes, random, HEAD_BYTES),
  'bits flipped anywhere': (bytes, random) => flip(bytes, random, bytes.length),
  'its end missing': (bytes, random) => bytes.subarray(0, random.integer(0, bytes.length)),
  'cut within its head': (bytes, random) => bytes.subarray(0, random.integer(0, HEAD_BYTES)),
  'its beginning missing': (bytes, random) => bytes.subarray(random.integer(1, bytes.length)),
  'the head of another file': (bytes, random) => {
    const at = random.integer(4, HEAD_BYTES);
    return Buffer.concat([anyFile(random).bytes.subarray(0, at), bytes.subarray(random.integer(0, bytes.length))]);
  },
  'another file in its middle': (bytes, random) => {
    const at = random.integer(0, bytes.length);
    return Buffer.concat([bytes.subarray(0, at), pieceOf(anyFile(random).bytes, random), bytes.subarray(at)]);
  },
  'two pieces swapped': (bytes, random) => {
    const [a, b, c] = [1, 2, 3].map(() => random.integer(0, bytes.length)).sort((x, y) => x - y);
    return Buffer.concat([bytes.subarray(0, a), bytes.subarray(b, c), bytes.subarray(a, b), bytes.subarray(c)]);
  },
  'a piece twice': (bytes, random) => {
    const at = random.integer(0, bytes.length);
    return Buffer.concat([bytes.subarray(0, at), pieceOf(bytes, random), bytes.subarray(at)]);
  },
  'a piece missing': (bytes, random) => {
    const at = random.integer(0, bytes.length);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(random.integer(at, bytes.length))]);
  },
  'ones in its head': (bytes, random) => fill(bytes, random, 0xff),
  'zeros in its head': (bytes, random) => fill(bytes, random, 0x00),
  'noise in its middle': (bytes, random) => {
    const at = random.integer(0, bytes.length);
    const noise = random.bytes(random.integer(1, MOST_INSERTED_BYTES));
    return Buffer.concat([bytes.subarray(0, at), noise, bytes.subarray(at)]);
  },
  'noise behind its head': (bytes, random) => {
    const at = random.integer(4, HEAD_BYTES);
    return Buffer.concat([bytes.subarray(0, at), random.bytes(random.integer(1, MOST_INSERTED_BYTES))]);
  },
};

const KINDS = Object.entries(DAMAGES);

/** Damages a fixture once or twice; the same seed makes the same file. */
export function malformedAudio(seed: number): MalformedAudio {
  const random = createRandom(seed);
  const { name, bytes: whole } = anyFile(random);
  let bytes = whole;
  const done: string[] = [];
  for (let times = random.integer(1, 2); times > 0; times -= 1) {
    const [what, damage] = pick(KINDS, random);
    bytes = damage(Buffer.from(bytes), random);
    done.push(what);
  }
  return { story: `${name} with ${done.join(' and ')} (seed ${seed})`, bytes };
}

function anyFile(random: SeededRandom): { readonly name: string; readonly bytes: Buffer } {
  const name = pick(FILES, random);
  return { name, bytes: fixture(name) };
}

function pieceOf(bytes: Buffer, random: SeededRandom): Buffer {
  const from = random.integer(0, bytes.length);
  return bytes.subarray(from, random.integer(from, bytes.length));
}

function flip(bytes: Buffer, random: SeededRandom, within: number): Buffer {
  const end = Math.min(within, bytes.length) - 1;
  for (let left = random.integer(1, MOST_FLIPS); left > 0 && end >= 0; left -= 1) {
    const at = random.integer(0, end);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << random.integer(0, 7));
  }
  return bytes;
}

/** Counts and lengths become the largest that their field can say, or nothing. */
function fill(bytes: Buffer, random: SeededRandom, value: number): Buffer {
  const at = random.integer(0, Math.min(HEAD_BYTES, bytes.length));
  return bytes.fill(value, at, Math.min(at + random.integer(1, 16), bytes.length));
}

function pick<Item>(items: readonly Item[], random: SeededRandom): Item {
  const item = items[random.integer(0, items.length - 1)];
  if (item === undefined) throw new Error('there is nothing to pick from');
  return item;
}

import assert from 'node:assert/strict';
import { RecognizerError, type Recognition, type Recognizer, type RecognizerCapabilities } from '../recognizer.ts';

/** What an implementation brings to its contract. */
export interface ContractSubject<Kind extends Recognizer = Recognizer> {
  /** Opens a recogniser; each check opens and closes its own. */
  open(): Promise<Kind>;
  /** Audio that the recogniser understands, 1 to 10 s. 16 kHz mono, −1…1. */
  readonly speech: Float32Array;
  /** What is said in it; compared without case and punctuation. */
  readonly text: string;
  /** A language that the recogniser serves. BCP-47. */
  readonly language: string;
}

/** One promise of the port. `run` rejects when the subject breaks it. */
export interface ContractCheck<Kind extends Recognizer> {
  readonly name: string;
  run(subject: ContractSubject<Kind>): Promise<void>;
}

const SAMPLE_RATE_HZ = 16_000;
/** A language nobody serves: ISO 639-3 reserves the codes from qaa to qtz for private use. */
export const UNSERVED_LANGUAGE = 'qtz';
/** The longest that the event loop may stand still while audio is decoded. Units: milliseconds. */
const LONGEST_BLOCK_MS = 50;
/** A busy machine may hold up any process; a recogniser that blocks does it every time. */
const BLOCK_ATTEMPTS = 4;
/** Real decodes of a few seconds are over long before; a promise that never settles is a failure too. Units: milliseconds. */
const PATIENCE_MS = 15_000;

export function silence(seconds: number): Float32Array {
  return new Float32Array(seconds * SAMPLE_RATE_HZ);
}

/** Opens a recogniser for one check and closes it whatever happens. */
export async function withRecognizer<Kind extends Recognizer>(
  subject: ContractSubject<Kind>,
  check: (recognizer: Kind) => Promise<void>,
): Promise<void> {
  const recognizer = await subject.open();
  try {
    await check(recognizer);
  } finally {
    await recognizer.close();
  }
}

export function assertCapabilities(capabilities: RecognizerCapabilities): void {
  assert(capabilities.languages.length > 0, 'it serves no language');
  assert(
    Number.isInteger(capabilities.concurrency) && capabilities.concurrency > 0,
    'concurrency is no positive count',
  );
  assert(capabilities.longestWindowSamples >= SAMPLE_RATE_HZ, 'the longest window is shorter than a second');
  assert(Number.isInteger(capabilities.longestWindowSamples), 'the longest window is no count of samples');
  assert(capabilities.tokensPerSecondLimit >= 0, 'the token limit is negative');
}

/** A recognition keeps what the capabilities promise. */
export function assertShape(found: Recognition, capabilities: RecognizerCapabilities, totalSamples: number): void {
  assert.equal(found.text, found.text.trim(), 'the text has spaces around it');
  assert(found.language.length >= 2 && found.language !== 'auto', `"${found.language}" is no language`);
  assertConfidence(found.confidence, capabilities);
  if (found.text !== '')
    assert.equal(found.words !== undefined, capabilities.hasWordTimes, 'word times are not as promised');
  let last = 0;
  for (const span of found.words ?? []) {
    assert(span.word !== '' && span.word === span.word.trim(), 'a word is empty or has spaces around it');
    assert(Number.isInteger(span.startSample) && Number.isInteger(span.endSample), 'word times are no sample counts');
    assert(span.startSample >= last && span.endSample >= span.startSample, 'words are out of order');
    assert(span.endSample <= totalSamples, 'a word ends after the audio');
    assertConfidence(span.confidence, capabilities);
    last = span.startSample;
  }
  if (found.tokenCount !== undefined) assert(Number.isInteger(found.tokenCount), 'the token count is no count');
}

function assertConfidence(confidence: number | null, { hasConfidence }: RecognizerCapabilities): void {
  if (!hasConfidence) assert.equal(confidence, null, 'a confidence was invented');
  else assert(confidence === null || (confidence >= 0 && confidence <= 1), 'a confidence is not between 0 and 1');
}

/** Compares without case and punctuation. */
export function assertText(found: string, expected: string): void {
  assert.equal(plain(found), plain(expected));
}

function plain(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s']/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

/** The promise must be rejected with a RecognizerError, in good time. */
export async function assertRefused(attempt: () => unknown): Promise<RecognizerError> {
  let outcome: unknown;
  try {
    outcome = await inTime(Promise.resolve(attempt()));
  } catch (error) {
    assert(error instanceof RecognizerError, `it failed with ${String(error)} instead of a RecognizerError`);
    return error;
  }
  assert.fail(`it answered ${JSON.stringify(outcome)} instead of failing`);
}

/** What was under way when the recogniser was stopped may still answer; if it fails, then with a RecognizerError. */
export async function assertAnsweredOrRefused(promise: Promise<unknown>): Promise<void> {
  try {
    await inTime(promise);
  } catch (error) {
    assert(error instanceof RecognizerError, `it failed with ${String(error)} instead of a RecognizerError`);
  }
}

/** Rejects if the promise is still open after a while. */
export async function inTime<T>(promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new assert.AssertionError({ message: 'it never settled' })), PATIENCE_MS);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The event loop must keep turning while `work` is under way. */
export async function assertLoopKeepsTurning(work: () => Promise<unknown>): Promise<void> {
  let shortest = Infinity;
  for (let attempt = 0; attempt < BLOCK_ATTEMPTS && shortest > LONGEST_BLOCK_MS; attempt++) {
    shortest = Math.min(shortest, await longestStandstillMs(work));
  }
  assert(shortest <= LONGEST_BLOCK_MS, `the event loop stood still for ${Math.round(shortest)} ms`);
}

async function longestStandstillMs(work: () => Promise<unknown>): Promise<number> {
  let last = performance.now();
  let longest = 0;
  const look = (): void => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  };
  const timer = setInterval(look, 1);
  try {
    await work();
    look();
  } finally {
    clearInterval(timer);
  }
  return longest;
}

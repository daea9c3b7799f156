import { describe, expect, it } from '@jest/globals';
import { SttError } from '@verbatim/protocol';
import { eventually } from '@verbatim/testing';
import type { DecodedPiece } from '../decoding/decoder-pool.ts';
import { PackedAudioPath } from './packed-audio-path.ts';

const HEADER = Buffer.from('head');

interface Question {
  readonly asked: string;
  readonly answer: (piece: DecodedPiece) => void;
  readonly fail: (error: Error) => void;
}

function openPath(isHeaderKept = false) {
  const events: string[] = [];
  const questions: Question[] = [];
  const ask = (asked: string) =>
    new Promise<DecodedPiece>((answer, fail) => void questions.push({ asked, answer, fail }));
  const decoding = {
    accept: (bytes: Uint8Array) => ask(`accept ${bytes.length}`),
    flush: () => ask('flush'),
    end: () => ask('end'),
    close: () => void events.push('decoding closed'),
  };
  const writer = {
    append: (chunk: { endSample: number; mediaHeader?: Uint8Array }) =>
      void events.push(`audio ${chunk.endSample}${chunk.mediaHeader === undefined ? '' : ' with header'}`),
    mark: (control: string) => void events.push(control),
    drained: () => Promise.resolve(),
    close: () => void events.push('writer closed'),
  };
  const listener = {
    onDecodingFull: (isFull: boolean) => void events.push(isFull ? 'full' : 'room'),
    onMarked: () => void events.push('marked'),
    onUndecodable: ({ code }: SttError) => void events.push(code),
  };
  const start = { sample: 0, clientBytes: 0 };
  const path = new PackedAudioPath({ decoding, writer, listener, isPackets: true, isHeaderKept }, start);
  return { path, events, questions };
}

function chunks(...endSamples: readonly number[]): DecodedPiece {
  const pcm = new Uint8Array(3200);
  return {
    chunks: endSamples.map((endSample) => ({ endSample, pcm, clientBytes: endSample / 100, restartFrame: endSample })),
    header: HEADER,
  };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('PackedAudioPath', () => {
  it('has one frame in the decoder at a time and appends in order, the beginning of the file with the first chunk', async () => {
    const { path, events, questions } = openPath();
    path.accept(Buffer.alloc(10));
    path.accept(Buffer.alloc(20));
    expect(questions.map(({ asked }) => asked)).toEqual(['accept 10']);
    questions[0]?.answer(chunks(1600, 3200));
    await eventually(() => expect(questions).toHaveLength(2));
    questions[1]?.answer(chunks(4800));
    await eventually(() => expect(events).toEqual(['audio 1600 with header', 'audio 3200', 'audio 4800']));
    expect(path.progress.appended).toEqual({ sample: 4800, clientBytes: 48, restartFrame: 4800 });
  });

  it('gives no header again that is kept already', async () => {
    const { path, events, questions } = openPath(true);
    path.accept(Buffer.alloc(10));
    questions[0]?.answer(chunks(1600));
    await eventually(() => expect(events).toEqual(['audio 1600']));
  });

  it('puts a mark behind what is decoded before it and then says so', async () => {
    const { path, events, questions } = openPath();
    path.accept(Buffer.alloc(10));
    path.mark('finalize');
    questions[0]?.answer(chunks());
    await eventually(() => expect(questions.at(-1)?.asked).toBe('flush'));
    questions.at(-1)?.answer(chunks(900));
    await eventually(() => expect(events).toEqual(['audio 900 with header', 'finalize', 'marked']));
    path.mark('end');
    expect(questions.at(-1)?.asked).toBe('end');
  });

  it('flushes no decoder that was given nothing', async () => {
    const { path, events, questions } = openPath();
    path.mark('finalize');
    path.mark('end');
    await eventually(() => expect(events).toEqual(['finalize', 'marked', 'end', 'marked']));
    expect(questions).toEqual([]);
  });

  it('decodes nothing while the writer is under pressure, and then goes on', async () => {
    const { path, questions } = openPath();
    path.setPressure(true);
    path.accept(Buffer.alloc(10));
    expect(questions).toEqual([]);
    path.setPressure(false);
    expect(questions).toHaveLength(1);
  });

  it('says when too much waits, and when there is room again', async () => {
    const { path, events, questions } = openPath();
    for (let frame = 0; frame < 3; frame += 1) path.accept(Buffer.alloc(40_000));
    expect(events).toEqual(['full']);
    questions[0]?.answer(chunks());
    await eventually(() => expect(questions).toHaveLength(2));
    questions[1]?.answer(chunks());
    await eventually(() => expect(events).toEqual(['full', 'room']));
  });

  it('tells once of audio that cannot be decoded, and nothing after a close', async () => {
    const { path, events, questions } = openPath();
    path.accept(Buffer.alloc(10));
    questions[0]?.fail(new SttError('audio_undecodable', 'Nothing of this is audio.'));
    await eventually(() => expect(events).toEqual(['audio_undecodable']));
    const { path: other, events: otherEvents, questions: otherQuestions } = openPath();
    other.accept(Buffer.alloc(10));
    other.close();
    otherQuestions[0]?.fail(new SttError('internal_error', 'closed'));
    await settle();
    expect(otherEvents).toEqual(['decoding closed', 'writer closed']);
  });

  it('is drained when nothing waits for the decoder either', async () => {
    const { path, questions } = openPath();
    path.accept(Buffer.alloc(10));
    let isDrained = false;
    const draining = path.drained().then(() => (isDrained = true));
    await settle();
    expect(isDrained).toBe(false);
    questions[0]?.answer(chunks(1600));
    await draining;
  });
});

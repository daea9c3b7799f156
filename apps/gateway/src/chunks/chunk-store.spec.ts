import { describe, expect, it } from '@jest/globals';
import type { AudioWriterListener } from '@verbatim/backbone';
import { SttError, type SessionId } from '@verbatim/protocol';
import { ChunkStore } from './chunk-store.ts';

const SESSION_ID = `s07-${'a'.repeat(32)}` as SessionId;

/** A store whose writer does what the test says. */
function openStore({ stored = 0, channels = 1 } = {}) {
  const appended: { endSample: number; bytes: number }[] = [];
  const patience = new AbortController();
  const counted: number[] = [];
  let listener: AudioWriterListener | undefined;
  const store = new ChunkStore({
    ...{ sessionId: SESSION_ID, channels, stored: { sample: stored, clientBytes: stored * 2 } },
    backbone: {
      openAudioWriter(_session, _start, itsListener) {
        listener = itsListener;
        return {
          append: ({ endSample, pcm }) => void appended.push({ endSample, bytes: pcm.length }),
          mark: () => undefined,
          drained: () => new Promise(() => undefined),
          close: () => undefined,
        };
      },
    },
    patience: patience.signal,
    tooLate: () => new SttError('overloaded', 'later'),
    onStored: (samples) => void counted.push(samples),
  });
  return { store, appended, counted, patience, told: () => listener as AudioWriterListener };
}

function chunk(endSample: number, samples = 1600, channels = 1) {
  return { endSample, pcm: new Uint8Array(samples * 2 * channels), clientBytes: endSample * 2 };
}

describe('storing an upload', () => {
  it('leaves out what an earlier try has stored, in the middle of a chunk too', async () => {
    const { store, appended } = openStore({ stored: 2000, channels: 2 });
    await store.append([chunk(1600, 1600, 2), chunk(3200, 1600, 2), chunk(4800, 1600, 2)]);
    expect(appended).toEqual([
      { endSample: 3200, bytes: 1200 * 4 },
      { endSample: 4800, bytes: 1600 * 4 },
    ]);
  });

  it('waits for room, and goes on when there is some', async () => {
    const { store, told } = openStore();
    told().onPressure(true);
    let isDone = false;
    const appending = store.append([chunk(1600)]).then(() => (isDone = true));
    await Promise.resolve();
    expect(isDone).toBe(false);
    told().onPressure(false);
    await appending;
  });

  it('gives up when the patience is over, at once when it was before', async () => {
    const { store, told, patience } = openStore();
    told().onPressure(true);
    const appending = store.append([chunk(1600)]);
    patience.abort();
    await expect(appending).rejects.toMatchObject({ code: 'overloaded' });
    await expect(store.drained()).rejects.toMatchObject({ code: 'overloaded' });
  });

  it('tells whoever waits, then or later, that the audio is lost', async () => {
    const { store, told } = openStore();
    told().onLost(new SttError('insufficient_state', 'gone'));
    await expect(store.drained()).rejects.toMatchObject({ code: 'insufficient_state' });
  });

  it('counts what Redis holds', () => {
    const { told, counted } = openStore({ stored: 1600 });
    told().onStored({ sample: 3200, clientBytes: 6400 });
    told().onStored({ sample: 4000, clientBytes: 8000 });
    expect(counted).toEqual([1600, 800]);
  });
});

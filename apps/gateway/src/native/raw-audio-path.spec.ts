import { describe, expect, it } from '@jest/globals';
import { createAudioIntake } from '@verbatim/audio';
import { RawAudioPath } from './raw-audio-path.ts';
import { createAudioSuspicion } from './audio-suspicion.ts';

const FORMAT = { encoding: 'pcm_s16le', sampleRateHz: 16_000, channels: 1 } as const;

async function openPath(start = { sample: 0, clientBytes: 0 }) {
  const written: string[] = [];
  const writer = {
    append: (chunk: { endSample: number }) => void written.push(`audio ${chunk.endSample}`),
    mark: (control: string) => void written.push(control),
    drained: () => Promise.resolve(),
    close: () => void written.push('closed'),
  };
  const intake = await createAudioIntake(FORMAT, start);
  const path = new RawAudioPath({ intake, writer, suspicion: createAudioSuspicion(FORMAT, start.clientBytes) }, start);
  return { path, written };
}

describe('RawAudioPath', () => {
  it('appends 100 ms chunks whatever the frames are, and a mark behind the begun one', async () => {
    const { path, written } = await openPath();
    for (let n = 0; n < 7; n += 1) path.accept(Buffer.alloc(1024));
    path.mark('finalize');
    expect(written).toEqual(['audio 1600', 'audio 3200', 'audio 3584', 'finalize']);
    expect(path.progress.appended).toEqual({ sample: 3584, clientBytes: 7168 });
  });

  it('acknowledges what is stored, once', async () => {
    const { path } = await openPath();
    path.accept(Buffer.alloc(6400));
    expect(path.progress.takeAck()).toBeUndefined();
    expect(path.progress.noteStored({ sample: 1600, clientBytes: 3200 })).toBeUndefined();
    expect(path.progress.takeAck()).toBe(3200);
    expect(path.progress.takeAck()).toBeUndefined();
  });

  it('acknowledges at once when all audio before a mark is stored, and not before', async () => {
    const { path } = await openPath();
    path.accept(Buffer.alloc(6400));
    path.mark('finalize');
    expect(path.progress.takePromptAck()).toBeUndefined();
    expect(path.progress.noteStored({ sample: 1600, clientBytes: 3200 })).toBeUndefined();
    expect(path.progress.noteStored({ sample: 3200, clientBytes: 6400 })).toBe(6400);
    expect(path.progress.takeAck()).toBeUndefined();
    path.mark('end');
    expect(path.progress.takePromptAck()).toBe(6400);
  });

  it('appends the begun 100 ms of a microphone that was switched off, and goes on behind them', async () => {
    const { path, written } = await openPath();
    path.accept(Buffer.alloc(1024));
    path.appendRest();
    expect(written).toEqual([]);
    path.appendRest();
    path.appendRest();
    expect(written).toEqual(['audio 512']);
    path.accept(Buffer.alloc(3200));
    expect(written).toEqual(['audio 512', 'audio 2112']);
    expect(path.progress.appended).toEqual({ sample: 2112, clientBytes: 4224 });
  });

  it('ends the session behind what is stored, and only then lets the writer go', async () => {
    const { path, written } = await openPath();
    path.accept(Buffer.alloc(3200));
    path.endHere();
    path.close();
    expect(written).toEqual(['audio 1600', 'end']);
    await new Promise(setImmediate);
    expect(written).toEqual(['audio 1600', 'end', 'closed']);
  });

  it('goes on at the position of a resumed session', async () => {
    const { path, written } = await openPath({ sample: 16_000, clientBytes: 32_000 });
    path.accept(Buffer.alloc(3200));
    expect(written).toEqual(['audio 17600']);
    expect(path.progress.appended).toEqual({ sample: 17_600, clientBytes: 35_200 });
  });

  it('does not look for a file header in the middle of a resumed session', async () => {
    const { path } = await openPath({ sample: 16_000, clientBytes: 32_000 });
    expect(() => path.accept(Buffer.from('OggS and more'))).not.toThrow();
    const { path: fresh } = await openPath();
    expect(() => fresh.accept(Buffer.from('OggS and more'))).toThrow(/an Ogg file/);
  });
});

import { describe, expect, it } from '@jest/globals';
import type { AudioChunk } from '../src/index.ts';
import { readFixture } from './read-fixture.ts';
import { oggPackets, oggPages } from './ogg-file.ts';
import { CONTAINER, openIntake, pcmOf, soundOf, takeIn } from './take-in.ts';

const OPUS = { ...CONTAINER, encoding: 'opus' } as const;
const packets = oggPages(readFixture('speech.opus.ogg')).slice(2).flatMap(oggPackets);

async function decoded(some: readonly Uint8Array[], start?: AudioChunk): Promise<AudioChunk[]> {
  const { endSample: sample = 0, clientBytes = 0, restartFrame = 0 } = start ?? {};
  const begun = start === undefined ? {} : { start: { sample, clientBytes, restartFrame, header: new Uint8Array(0) } };
  const intake = await openIntake({ format: OPUS, ...begun });
  const chunks = [...some.flatMap((packet) => intake.accept(packet)), ...intake.end()];
  intake.free();
  return chunks;
}

describe('raw packets of Opus', () => {
  it('give what the same packets give in a file, which leaves out its first 6.5 ms', async () => {
    const [sound = new Float32Array(0)] = soundOf(await decoded(packets));
    const [inFile = sound] = soundOf((await takeIn(readFixture('speech.opus.ogg'))).chunks);
    expect(sound.subarray(104, 104 + inFile.length)).toEqual(inFile);
  });

  it('go on in another decoder from the packet that the last chunk names', async () => {
    const whole = await decoded(packets);
    const last = whole[20] as AudioChunk;
    let at = 0;
    const left = packets.filter(({ length }) => (at += length) > last.clientBytes);
    const rest = await decoded(left, last);
    expect(rest.map(({ endSample }) => endSample)).toEqual(whole.slice(21).map(({ endSample }) => endSample));
    expect(pcmOf(rest)).toHaveLength(pcmOf(whole.slice(21)).length);
  });

  it.each([
    ['nothing', Uint8Array.of()],
    ['more than 120 ms', Uint8Array.of(0x1b, 63)],
    ['a packet of no frames', Uint8Array.of(0x03, 0)],
    ['lengths that do not fit', Uint8Array.of(0x02, 200, 1, 2)],
    ['more bytes than a packet has', new Uint8Array(20_000).fill(0x80)],
  ])('are refused when they are %s', async (_what, packet) => {
    await expect(decoded([packet])).rejects.toMatchObject({
      code: 'audio_undecodable',
      message: 'The audio is damaged: at byte 0 lies no packet of Opus.',
    });
  });
});

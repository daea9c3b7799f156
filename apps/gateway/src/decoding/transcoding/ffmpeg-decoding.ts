import {
  BYTES_PER_SAMPLE,
  containerName,
  createAudioIntake,
  PIPELINE_SAMPLE_RATE_HZ,
  type AudioChunk,
} from '@verbatim/audio';
import { SttError } from '@verbatim/protocol';
import type { DecodedPiece, Decoding } from '../decoder-pool.ts';
import { lacksChannel } from './ffmpeg-arguments.ts';
import { noProgram } from './open-by-magic.ts';
import { isMissing, type ProgramCommand, type ProgramRun, type RunEnd } from './program-run.ts';
import type { TranscodedKind, TranscodingOptions } from './transcoders.ts';

const NO_HEADER = new Uint8Array(0);

/** One file on its way through ffmpeg. Its chunks have no restart points: it comes whole or not at all. */
export function decodeByFfmpeg(
  kind: TranscodedKind,
  options: TranscodingOptions,
  start: (onOutput: ProgramCommand['onOutput']) => ProgramRun,
): Decoding {
  const name = containerName(kind);
  const output = collectSamples(options);
  let givenBytes = options.start.clientBytes;
  let failure: SttError | undefined;

  const run = start((bytes) => {
    if (failure !== undefined || output.add(bytes)) return;
    failure = tooLong(options.longestSeconds);
    run.kill();
  });
  void run.over.then((end) => (failure ??= failureOf(end, kind)));
  const piece = (chunks: readonly AudioChunk[]): DecodedPiece => {
    if (failure !== undefined) throw failure;
    return { chunks: chunks.map((chunk) => ({ ...chunk, clientBytes: givenBytes })), header: NO_HEADER };
  };

  return {
    async accept(bytes) {
      await run.write(bytes);
      givenBytes += bytes.length;
      return piece(await output.take());
    },
    flush: async () => piece(await output.take()),
    async end() {
      run.endInput();
      await run.over;
      const chunks = await output.takeAll();
      if (chunks.length === 0) failure ??= undecodable(name);
      return piece(chunks);
    },
    close: () => run.kill(),
  };
}

/** Samples as they come, cut to chunks when they are taken. `add` refuses what is longer than it may be. */
function collectSamples({ channels, longestSeconds, start }: TranscodingOptions) {
  const mostBytes = longestSeconds * PIPELINE_SAMPLE_RATE_HZ * BYTES_PER_SAMPLE * channels;
  const format = { encoding: 'pcm_s16le', sampleRateHz: PIPELINE_SAMPLE_RATE_HZ, channels } as const;
  const opening = createAudioIntake(format, { sample: start.sample, clientBytes: 0 });
  let waiting: Buffer[] = [];
  let bytesSoFar = 0;
  const take = async (): Promise<readonly AudioChunk[]> => {
    const intake = await opening;
    const taken = waiting;
    waiting = [];
    return taken.flatMap((bytes) => intake.accept(bytes));
  };
  return {
    add(bytes: Buffer): boolean {
      bytesSoFar += bytes.length;
      if (bytesSoFar > mostBytes) return false;
      waiting.push(bytes);
      return true;
    },
    take,
    async takeAll(): Promise<readonly AudioChunk[]> {
      const chunks = await take();
      const rest = (await opening).flush();
      return rest === undefined ? chunks : [...chunks, rest];
    },
  };
}

function failureOf(end: RunEnd, kind: TranscodedKind): SttError | undefined {
  if (end.exitCode === 0) return undefined;
  if (isMissing(end)) {
    return noProgram(kind);
  }
  if (lacksChannel(end.complaint)) {
    return new SttError(
      'audio_unsupported',
      'This audio file has one channel and the session two; open a session of one channel, or send a file of two.',
      { field: 'channels' },
    );
  }
  return undecodable(containerName(kind));
}

function undecodable(name: string): SttError {
  return new SttError('audio_undecodable', `This is ${name}, but its sound cannot be decoded: check that it is whole.`);
}

function tooLong(longestSeconds: number): SttError {
  return new SttError('audio_too_long', `The file comes to more than ${longestSeconds} s of audio: send it in parts.`);
}

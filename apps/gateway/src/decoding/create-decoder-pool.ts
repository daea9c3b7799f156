import type { MediaFormat, MediaStart } from '@verbatim/audio';
import type { DecoderPool, Decoding, DecodingOptions } from './decoder-pool.ts';
import { DecoderThreads, type DecoderThreadsOptions } from './decoder-threads.ts';
import { noProgram, notAsItArrives, openByMagic } from './transcoding/open-by-magic.ts';
import type { Transcoders } from './transcoding/transcoders.ts';

export interface DecoderPoolOptions extends DecoderThreadsOptions {
  /** For uploads that no worker decodes; without it they are refused. */
  readonly transcoders?: Transcoders;
}

const SESSION_START: MediaStart = { sample: 0, clientBytes: 0, header: new Uint8Array(0) };

/** Creates the pool of decoders of a process. No thread is started before the first stream. */
export function createDecoderPool(options: DecoderPoolOptions): DecoderPool {
  const threads = new DecoderThreads(options);
  const openInWorker = (format: MediaFormat, { start, longestSeconds }: DecodingOptions): Decoding =>
    threads.open({ format, start, longestSeconds });

  return {
    open(format, how) {
      const { start = SESSION_START, longestSeconds } = how;
      // A header is that of a file which a worker has begun.
      if (format.encoding !== 'container' || start.header.length > 0) return openInWorker(format, how);
      return openByMagic({
        openDecoder: () => openInWorker(format, how),
        openTranscoder(kind) {
          if (how.isUpload !== true) throw notAsItArrives(kind);
          if (options.transcoders === undefined) throw noProgram(kind);
          return options.transcoders.open(kind, { channels: format.channels, longestSeconds, start });
        },
      });
    },
    async close() {
      await Promise.all([threads.close(), options.transcoders?.close()]);
    },
  };
}

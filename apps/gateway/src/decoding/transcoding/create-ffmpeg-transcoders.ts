import { SttError } from '@verbatim/protocol';
import { spreadRetryMs } from '../../retry-after.ts';
import { ffmpegArguments } from './ffmpeg-arguments.ts';
import { decodeByFfmpeg } from './ffmpeg-decoding.ts';
import { runProgram, type ProgramRun } from './program-run.ts';
import type { Transcoders } from './transcoders.ts';

/** So many files at a time: each may take its share of processor and memory. */
const MOST_RUNS = 4;

/**
 * Decodes by ffmpeg, one process for each file.
 * @param program name or full path; one that is not there is found out when a file needs it, and the file is refused
 */
export function createFfmpegTranscoders(program: string): Transcoders {
  const runs = new Set<ProgramRun>();
  return {
    open(kind, options) {
      if (runs.size >= MOST_RUNS) throw tooMany();
      return decodeByFfmpeg(kind, options, (onOutput) => {
        const run = runProgram({ program, args: ffmpegArguments(kind, options.channels), onOutput });
        runs.add(run);
        void run.over.then(() => runs.delete(run));
        return run;
      });
    },
    async close() {
      const running = [...runs];
      for (const run of running) run.kill();
      await Promise.all(running.map(({ over }) => over));
    },
  };
}

function tooMany(): SttError {
  return new SttError('overloaded', `This replica converts ${MOST_RUNS} files already: try again in a moment.`, {
    retryAfterMs: spreadRetryMs(),
  });
}

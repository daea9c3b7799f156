import { SttError } from '@verbatim/protocol';
import { RecognizerError } from '@verbatim/recognizers';

/** Why a transcriber could not start: one sentence for the person at the terminal, one code for the supervisor. */
export interface StartFailure {
  readonly sentence: string;
  readonly exitCode: number;
}

/** Codes of sysexits.h; README lists them. */
export const EXIT_CODES = {
  /** A defect. */
  defect: 1,
  /** EX_UNAVAILABLE: Redis is not there. Starting again later may help. */
  redisUnavailable: 69,
  /** EX_CONFIG: a model is missing or damaged. Starting again does not help. */
  modelUnusable: 78,
} as const;

/** Puts what went wrong at the start into words; `undefined` for a defect, which deserves its stack in the log. */
export function describeStartFailure(thrown: unknown): StartFailure | undefined {
  if (thrown instanceof SttError && thrown.code === 'storage_unavailable') {
    return { sentence: `${thrown.message} REDIS_URL says where it is.`, exitCode: EXIT_CODES.redisUnavailable };
  }
  if (thrown instanceof RecognizerError) {
    return {
      sentence: `${thrown.message} STT_LOCAL_MODEL and STT_VAD_MODEL say where models are.`,
      exitCode: EXIT_CODES.modelUnusable,
    };
  }
  return undefined;
}

import { SttError } from '@verbatim/protocol';
import { UnusableProvidersError } from './recognition/open-providers.ts';

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
  /** EX_CONFIG: a model is missing or damaged, a key or a setting of a provider is. Starting again does not help. */
  providerUnusable: 78,
} as const;

/** Puts what went wrong at the start into words; `undefined` for a defect, which deserves its stack in the log. */
export function describeStartFailure(thrown: unknown): StartFailure | undefined {
  if (thrown instanceof SttError && thrown.code === 'storage_unavailable') {
    return { sentence: `${thrown.message} REDIS_URL says where it is.`, exitCode: EXIT_CODES.redisUnavailable };
  }
  if (thrown instanceof UnusableProvidersError) {
    return {
      sentence: `${thrown.reasons.join(' ')} STT_PROVIDERS says which providers are offered, STT_LOCAL_MODEL and STT_VAD_MODEL where models are.`,
      exitCode: EXIT_CODES.providerUnusable,
    };
  }
  return undefined;
}

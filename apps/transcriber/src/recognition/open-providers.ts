import type { Shutdown } from '@verbatim/observability';
import { RecognizerError } from '@verbatim/recognizers';
import type { TranscriberConfig } from '../config.ts';
import type { ProviderBench } from '../session/session-options.ts';
import { openProvider, type BenchMeters } from './provider-bench.ts';

/** Recognisers that cannot be used as they are set up; each reason is a sentence for the person at the terminal. */
export class UnusableProvidersError extends Error {
  readonly reasons: readonly string[];

  constructor(reasons: readonly string[]) {
    super(reasons.join(' '));
    this.name = 'UnusableProvidersError';
    this.reasons = reasons;
  }
}

/**
 * Opens every recogniser that this process is to offer, in their order.
 * @throws UnusableProvidersError with all that is wrong: who mends one thing should not find the next at the next start
 */
export async function openProviders(
  config: TranscriberConfig,
  meters: BenchMeters,
  closing: Pick<Shutdown, 'add'>,
): Promise<readonly ProviderBench[]> {
  const offered: ProviderBench[] = [];
  const reasons: string[] = [];
  for (const name of config.providers) {
    try {
      const bench = await openProvider(name, config, meters);
      closing.add(`recogniser ${name}`, () => bench.recognizer.close());
      offered.push(bench);
    } catch (error) {
      if (!(error instanceof RecognizerError)) throw error;
      reasons.push(`Provider ${name}: ${error.message}`);
    }
  }
  if (reasons.length > 0) throw new UnusableProvidersError(reasons);
  return offered;
}

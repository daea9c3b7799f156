import type { NodeProvider } from '@verbatim/protocol';
import type { RecognizerCapabilities } from '@verbatim/recognizers';

/** One failure is chance; so many without an answer in between are a recogniser out of order. */
const DEGRADED_AFTER_ERRORS = 3;

/** What the node record says of one recogniser, from how its calls went. */
export interface ProviderStatus {
  answered(isError: boolean): void;
  describe(): NodeProvider;
}

export function createProviderStatus(name: string, capabilities: RecognizerCapabilities): ProviderStatus {
  let errorsInARow = 0;
  return {
    answered(isError) {
      errorsInARow = isError ? errorsInARow + 1 : 0;
    },
    describe() {
      const languages = [...capabilities.languages];
      if (errorsInARow < DEGRADED_AFTER_ERRORS) return { name, languages, status: 'ok' };
      return { name, languages, status: 'degraded', reason: `its last ${errorsInARow} calls failed` };
    },
  };
}

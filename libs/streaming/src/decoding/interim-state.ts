import type { Hypothesis } from '../policy-events.ts';
import type { OpenUtterance } from '../segmenting/utterance.ts';
import { freshPrefix, type StablePrefix } from '../text/stable-prefix.ts';

/** The utterance decoded in a pause as if it had ended there. Units: samples at 16 kHz. */
export interface Speculation {
  readonly fromSample: number;
  readonly toSample: number;
  /** The last speech it covers; speech after it makes it stale as a final. */
  readonly lastSpeechSample: number;
  /** `undefined` while its decode is in flight. */
  readonly hypothesis: Hypothesis | undefined;
}

/** What the open utterance has shown and asked for. */
export interface InterimState {
  readonly segmentId: number;
  /** True once a streaming recogniser was told of the utterance. */
  readonly isStarted: boolean;
  /** Where the audio ended when an interim or a speculation was last asked for. */
  readonly askedSample: number;
  /** The last speech that was known then. */
  readonly askedSpeechSample: number;
  /** True where an answer came and the utterance still has no word to show. */
  readonly isWordless: boolean;
  readonly revision: number;
  readonly shown: { readonly text: string; readonly stableChars: number };
  readonly prefix: StablePrefix;
  readonly speculation: Speculation | undefined;
}

/** Nothing shown and nothing asked for yet. */
export function freshInterim(open: OpenUtterance): InterimState {
  return {
    segmentId: open.segmentId,
    isStarted: false,
    askedSample: open.decodeFromSample,
    askedSpeechSample: open.decodeFromSample,
    isWordless: false,
    revision: 0,
    shown: { text: '', stableChars: 0 },
    prefix: freshPrefix,
    speculation: undefined,
  };
}

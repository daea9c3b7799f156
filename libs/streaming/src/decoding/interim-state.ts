import type { Hypothesis } from '../policy-events.ts';
import type { OpenUtterance } from '../segmenting/utterance.ts';
import { freshPrefix, type StablePrefix } from '../text/stable-prefix.ts';
import type { TextUnit } from '../text/text-units.ts';

/** The utterance decoded in a pause as if it had ended there. Units: samples at 16 kHz. */
export interface Speculation {
  readonly fromSample: number;
  readonly toSample: number;
  /** The last speech it covers; speech after it makes it stale as a final. */
  readonly lastSpeechSample: number;
  /** Where speech went on after the pause, once it did. */
  readonly resumedSample: number | undefined;
  /** `undefined` while its decode is in flight. */
  readonly hypothesis: Hypothesis | undefined;
}

/** Text before a pause that later interims keep, decoding only what came after it. */
export interface Chain {
  readonly units: readonly TextUnit[];
  readonly confidence: number | null;
  readonly toSample: number;
  readonly lastSpeechSample: number;
  readonly resumedSample: number | undefined;
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
  readonly revision: number;
  readonly shown: { readonly text: string; readonly stableChars: number };
  readonly prefix: StablePrefix;
  readonly chain: Chain | undefined;
  readonly speculation: Speculation | undefined;
}

/** Nothing shown and nothing asked for yet. */
export function freshInterim(open: OpenUtterance): InterimState {
  return {
    segmentId: open.segmentId,
    isStarted: false,
    askedSample: open.decodeFromSample,
    askedSpeechSample: open.decodeFromSample,
    revision: 0,
    shown: { text: '', stableChars: 0 },
    prefix: freshPrefix,
    chain: undefined,
    speculation: undefined,
  };
}

/** Notes where speech went on, for whatever ended in the pause before. */
export function markResumed(interim: InterimState, heardFromSample: number): InterimState {
  const { chain, speculation } = interim;
  return { ...interim, chain: chain && resumed(chain), speculation: speculation && resumed(speculation) };

  function resumed<Paused extends { readonly lastSpeechSample: number; readonly resumedSample: number | undefined }>(
    paused: Paused,
  ): Paused {
    if (paused.resumedSample !== undefined || heardFromSample < paused.lastSpeechSample) return paused;
    return { ...paused, resumedSample: heardFromSample };
  }
}

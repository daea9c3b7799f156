/**
 * What goes into and comes out of the streaming policy. Every position is a sample count at 16 kHz since the session began.
 * The policy has no clock: only audio frames and flushes move boundaries, so finals are a function of the audio alone.
 */

/** One voice-activity decision. */
export interface SpeechWindow {
  readonly endSample: number;
  readonly isSpeech: boolean;
}

export interface RecognizedWord {
  readonly word: string;
  readonly startSample: number;
  readonly endSample: number;
  /** 0–1, or null where the recogniser gives none. */
  readonly confidence: number | null;
}

/** A recogniser's answer; word times are absolute positions in the session. */
export interface Hypothesis {
  readonly text: string;
  readonly words?: readonly RecognizedWord[];
  readonly confidence: number | null;
  /** Language found, BCP-47. */
  readonly language: string;
  /** Tokens produced, where the recogniser says so: the guard against cut-off and looping answers. */
  readonly tokenCount?: number;
  /** Who gave the answer, where the shell asks more than one recogniser. Handed on as it is: no rule depends on it. */
  readonly answeredBy?: string;
}

export type DecodeKind = 'interim' | 'speculative' | 'final';

export type PolicyEvent =
  | {
      readonly type: 'frame_arrived';
      /** End of the frame; frames are 1600 samples except the last one before a flush. */
      readonly endSample: number;
      readonly speech: readonly SpeechWindow[];
      /** Mean level of each 20 ms of the frame, in dBFS, for finding the quietest place at a forced split. */
      readonly levelsDbfs: readonly number[];
    }
  | { readonly type: 'decode_finished'; readonly requestId: number; readonly hypothesis: Hypothesis }
  /** The scheduler dropped a stale interim, or the recogniser failed on it: no text, ask again when it is due. */
  | { readonly type: 'decode_dropped'; readonly requestId: number }
  /** Streaming recognisers only: the hypothesis of the open utterance changed. */
  | {
      readonly type: 'hypothesis_changed';
      readonly utteranceId: number;
      readonly endSample: number;
      readonly hypothesis: Hypothesis;
    }
  /** Streaming recognisers only: the answer to `finish_utterance`. */
  | { readonly type: 'utterance_finished'; readonly utteranceId: number; readonly hypothesis: Hypothesis }
  | { readonly type: 'finalize_asked' }
  | { readonly type: 'input_ended' };

export type PolicyEffect =
  | {
      readonly type: 'decode';
      readonly requestId: number;
      readonly kind: DecodeKind;
      readonly fromSample: number;
      readonly toSample: number;
      /** Silence to put around the samples before decoding. */
      readonly padHeadSamples: number;
      readonly padTailSamples: number;
    }
  /** Streaming recognisers only: feed the open utterance from here on, as audio arrives. */
  | { readonly type: 'start_utterance'; readonly utteranceId: number; readonly fromSample: number }
  /** Streaming recognisers only: no audio past this sample belongs to the utterance; ask for its last hypothesis. */
  | { readonly type: 'finish_utterance'; readonly utteranceId: number; readonly toSample: number }
  | {
      readonly type: 'emit_interim';
      readonly segmentId: number;
      readonly revision: number;
      readonly fromSample: number;
      readonly toSample: number;
      readonly text: string;
      /** Length of the prefix of `text` on which hypotheses agree. */
      readonly stableChars: number;
      readonly hypothesis: Hypothesis;
    }
  | {
      readonly type: 'emit_final';
      readonly segmentId: number;
      readonly fromSample: number;
      readonly toSample: number;
      readonly text: string;
      readonly hypothesis: Hypothesis;
      /** True where the utterance ended; false at a forced split. */
      readonly isUtteranceEnd: boolean;
      /** Persist together with the final; replaying the audio after it gives the same finals. */
      readonly checkpoint: PolicyCheckpoint;
    }
  | { readonly type: 'speech_started'; readonly atSample: number }
  | { readonly type: 'speech_ended'; readonly atSample: number }
  /** The detector's state cannot be saved, so it starts afresh at every boundary: reset it before the next frame. */
  | { readonly type: 'reset_detector' }
  /** Audio before `checkpoint.audioFromSample` is never needed again (silence passed without a final). */
  | { readonly type: 'release_audio'; readonly checkpoint: PolicyCheckpoint }
  /** After `input_ended`: every final is out. */
  | { readonly type: 'session_finished'; readonly checkpoint: PolicyCheckpoint };

/** What the policy needs to go on after a crash. Plain JSON, well under 1 kB. */
export interface PolicyCheckpoint {
  readonly version: 1;
  /** Audio from here on must be kept, and is read again on a replay. */
  readonly audioFromSample: number;
  /** Frames ending at or before this position were already decided; the next frame starts here. */
  readonly decidedSample: number;
  /** Flushes (`finalize`) already answered at exactly `decidedSample`: a replay skips as many. */
  readonly flushesAtDecided: number;
  readonly nextSegmentId: number;
  /** Everything else belongs to the policy. */
  readonly policy: Readonly<Record<string, unknown>>;
}

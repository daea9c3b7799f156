import {
  PROVIDERS,
  toIsoTimestamp,
  type ProviderName,
  type Seq,
  type SessionId,
  type Transcription,
} from '@verbatim/protocol';
import type { Hypothesis, PolicyEffect, RecognizedWord } from '@verbatim/streaming';
import { toMs } from './milliseconds.ts';

/** BCP-47 for "no language found". */
const UNDETERMINED = 'und';

/** What every message of one channel has in common. */
export interface MessageOrigin {
  readonly sessionId: SessionId;
  readonly channel: number;
  /** The session's recogniser; a hypothesis may say that another one gave it. */
  readonly provider: ProviderName;
  /** What the client asked for: BCP-47 or `auto`. */
  readonly sessionLanguage: string;
  /** The client asked for word times. */
  readonly wantsWords: boolean;
}

export interface MessageStamp {
  readonly seq: Seq;
  /** Wall clock. Units: milliseconds since 1970. */
  readonly atMs: number;
}

type EmitInterim = Extract<PolicyEffect, { type: 'emit_interim' }>;
type EmitFinal = Extract<PolicyEffect, { type: 'emit_final' }>;

/** The wire message of an interim; its `seq` is that of the last durable message. */
export function interimMessage(origin: MessageOrigin, effect: EmitInterim, stamp: MessageStamp): Transcription {
  return {
    ...transcription(origin, effect, stamp),
    is_final: false,
    revision: effect.revision,
    speech_final: false,
    stable_chars: effect.stableChars,
    ...wordsOf(origin, effect.hypothesis),
  };
}

/** The wire message of a final; its `seq` is its own. */
export function finalMessage(origin: MessageOrigin, effect: EmitFinal, stamp: MessageStamp): Transcription {
  return {
    ...transcription(origin, effect, stamp),
    is_final: true,
    revision: 0,
    speech_final: effect.isUtteranceEnd,
    stable_chars: effect.text.length,
    ...wordsOf(origin, effect.hypothesis),
  };
}

type CommonFields = Omit<Transcription, 'is_final' | 'revision' | 'speech_final' | 'stable_chars' | 'words'>;

function transcription(origin: MessageOrigin, effect: EmitInterim | EmitFinal, stamp: MessageStamp): CommonFields {
  return {
    type: 'transcription',
    text: effect.text,
    confidence: effect.hypothesis.confidence,
    language: languageOf(effect.hypothesis, origin.sessionLanguage),
    timestamp: toIsoTimestamp(stamp.atMs),
    session_id: origin.sessionId,
    seq: stamp.seq,
    segment_id: effect.segmentId,
    start_ms: toMs(effect.fromSample),
    end_ms: toMs(effect.toSample),
    channel: origin.channel,
    provider: PROVIDERS.find((name) => name === effect.hypothesis.answeredBy) ?? origin.provider,
  };
}

/** Where nothing was said the recogniser found no language: then it is the one the client asked for, if it named one. */
function languageOf({ language }: Hypothesis, sessionLanguage: string): string {
  return language === UNDETERMINED && sessionLanguage !== 'auto' ? sessionLanguage : language;
}

function wordsOf(origin: MessageOrigin, hypothesis: Hypothesis): Pick<Transcription, 'words'> {
  if (!origin.wantsWords || hypothesis.words === undefined) return {};
  return { words: hypothesis.words.map(toWireWord) };
}

function toWireWord({ word, startSample, endSample, confidence }: RecognizedWord) {
  return { word, start_ms: toMs(startSample), end_ms: toMs(endSample), confidence };
}

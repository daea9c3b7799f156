import type { ServerMessage } from '@verbatim/protocol';
import type { Recognizer } from '@verbatim/recognizers';
import type { PolicyEffect } from '@verbatim/streaming';
import type { Outbox } from '../committing/outbox.ts';
import type { LaneCheckpoint } from '../committing/session-checkpoint.ts';
import { speechMessage } from '../messages/speech-message.ts';
import { finalMessage, interimMessage, type MessageOrigin } from '../messages/transcription-message.ts';
import { watchedDecodes, watchedStreams, type StartWatch } from '../failover/watched-calls.ts';
import type { LaneRecognition, RecognitionContext } from '../recognition/lane-recognition.ts';
import { createStreamingRecognition } from '../recognition/streaming-recognition.ts';
import { createWindowedRecognition } from '../recognition/windowed-recognition.ts';
import type { InterimRevisions } from './interim-revisions.ts';
import type { Lane } from './lane.ts';
import type { SessionOptions } from './session-options.ts';

/** An interim that waits so long shows nothing new any more, however slow the cadence. Units: milliseconds. */
const SHORTEST_STALE_MS = 1000;

export interface EffectPerformerOptions
  extends
    Pick<SessionOptions, 'claimed' | 'wallMs'>,
    Pick<RecognitionContext, 'bench' | 'hedging' | 'lag' | 'guard' | 'onRecognized' | 'onFailing' | 'onFailed'> {
  readonly lanes: readonly Lane[];
  readonly outbox: Outbox;
  readonly revisions: InterimRevisions;
  readonly publish: (message: ServerMessage) => void;
  /** The session watches how long its recogniser takes. */
  readonly watchCall: StartWatch;
}

/** Does what the policy says: asks the recogniser, publishes, commits. Knows no rule of its own. */
export interface EffectPerformer {
  perform(lane: Lane, effects: readonly PolicyEffect[]): void;
  /** A lane has decided more audio. */
  advance(lane: Lane): void;
  close(): void;
}

export function createEffectPerformer(options: EffectPerformerOptions): EffectPerformer {
  const recognitions = options.lanes.map((lane) => recognitionFor(lane, options));
  return {
    perform(lane, effects) {
      const recognition = recognitions[lane.channel];
      if (recognition === undefined) return;
      for (const effect of effects) performOne(effect, lane, recognition, options);
    },
    advance(lane) {
      recognitions[lane.channel]?.advance(lane.decidedSample);
    },
    close() {
      for (const recognition of recognitions) recognition.close();
    },
  };
}

function recognitionFor(lane: Lane, options: EffectPerformerOptions): LaneRecognition {
  const { claimed, bench, watchCall } = options;
  const context: RecognitionContext = {
    ...options,
    sessionId: claimed.sessionId,
    language: claimed.config.language,
    lane,
    staleAfterMs: Math.max(SHORTEST_STALE_MS, 2 * claimed.config.buffer_ms),
  };
  const { recognizer } = bench;
  return isWindowed(recognizer)
    ? createWindowedRecognition(watchedDecodes(recognizer, watchCall), context)
    : createStreamingRecognition(watchedStreams(recognizer, watchCall), context);
}

function isWindowed(recognizer: Recognizer): recognizer is Extract<Recognizer, { decode: unknown }> {
  return recognizer.capabilities.kind === 'windowed';
}

function performOne(
  effect: PolicyEffect,
  lane: Lane,
  recognition: LaneRecognition,
  options: EffectPerformerOptions,
): void {
  const { outbox, publish, revisions, wallMs } = options;
  switch (effect.type) {
    case 'decode':
      return recognition.decode(effect);
    case 'start_utterance':
      return recognition.startUtterance(effect);
    case 'finish_utterance':
      return recognition.finishUtterance(effect);
    case 'emit_interim': {
      const revision = revisions.next(lane.channel, effect.segmentId);
      const stamp = { seq: outbox.lastSeq, atMs: wallMs() };
      return publish(interimMessage(originOf(lane, options), { ...effect, revision }, stamp));
    }
    case 'speech_started':
    case 'speech_ended':
      return publish(speechMessage(effect.type, effect.atSample, lane.channel));
    case 'emit_final':
      revisions.settled(lane.channel, effect.segmentId);
      recognition.finalEmitted(effect.text);
      return outbox.add({
        lane: lane.channel,
        checkpoint: { policy: effect.checkpoint, isFinished: false },
        message: (seq) => JSON.stringify(finalMessage(originOf(lane, options), effect, { seq, atMs: wallMs() })),
      });
    case 'release_audio':
      return outbox.add({ lane: lane.channel, checkpoint: { policy: effect.checkpoint, isFinished: false } });
    case 'session_finished':
      return outbox.add({ lane: lane.channel, checkpoint: finishedCheckpoint(lane, effect) });
    case 'reset_detector':
      // The lane has done it: the detector belongs to its frames.
      return;
  }
}

function finishedCheckpoint(
  { endReason }: Lane,
  { checkpoint }: Extract<PolicyEffect, { type: 'session_finished' }>,
): LaneCheckpoint {
  return { policy: checkpoint, isFinished: true, ...(endReason === undefined ? {} : { endReason }) };
}

function originOf(lane: Lane, { claimed, bench }: EffectPerformerOptions): MessageOrigin {
  const { language, words } = claimed.config;
  return {
    sessionId: claimed.sessionId,
    channel: lane.channel,
    provider: bench.name,
    sessionLanguage: language,
    wantsWords: words,
  };
}

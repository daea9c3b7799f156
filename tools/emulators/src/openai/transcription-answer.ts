import { deflateSync } from 'node:zlib';
import { PIPELINE_SAMPLE_RATE_HZ } from '@verbatim/audio';
import type { Recognition } from '@verbatim/recognizers';
import { isTokenModel, type TranscriptionForm } from './transcription-form.ts';
import { toSrt, toVtt } from './subtitles.ts';

/** What is sent: one part, or one for each event of a stream. */
export interface TranscriptionAnswer {
  readonly contentType: string;
  readonly parts: readonly string[];
}

/** What was understood, and of how much audio. */
export interface Heard {
  readonly recognition: Recognition;
  readonly durationSeconds: number;
}

/** The model behind an emulator gives no probabilities: these are what a model says that is fairly sure. */
const SURE_LOGPROB = -0.1;
const NO_SPEECH_PROBABILITY = 0.01;

/** As OpenAI counts audio: 600 tokens a minute. */
const AUDIO_TOKENS_PER_SECOND = 10;

/** Puts what was understood into the form that was asked for. */
export function answerTo(form: TranscriptionForm, heard: Heard): TranscriptionAnswer {
  if (form.stream && isTokenModel(form.model)) return streamedAnswer(form, heard);
  const { text } = heard.recognition;
  switch (form.response_format) {
    case 'json':
      return jsonAnswer(shortBody(form, heard));
    case 'verbose_json':
      return jsonAnswer(verboseBody(form, heard));
    case 'text':
      return { contentType: 'text/plain; charset=utf-8', parts: [`${text}\n`] };
    case 'srt':
      return { contentType: 'text/plain; charset=utf-8', parts: [toSrt(text, heard.durationSeconds)] };
    case 'vtt':
      return { contentType: 'text/vtt; charset=utf-8', parts: [toVtt(text, heard.durationSeconds)] };
  }
}

function jsonAnswer(body: object): TranscriptionAnswer {
  return { contentType: 'application/json', parts: [JSON.stringify(body)] };
}

function shortBody(form: TranscriptionForm, heard: Heard): object {
  const { text } = heard.recognition;
  const usage = isTokenModel(form.model) ? tokenUsage(heard) : durationUsage(heard);
  return { text, ...(form.include.length > 0 && { logprobs: logprobsOf(text) }), usage };
}

function verboseBody(form: TranscriptionForm, heard: Heard): object {
  const { recognition, durationSeconds } = heard;
  return {
    task: 'transcribe',
    language: languageName(recognition.language),
    duration: durationSeconds,
    text: recognition.text,
    segments: segmentsOf(form, heard),
    ...(form.timestamp_granularities.includes('word') && { words: wordsOf(heard) }),
    usage: durationUsage(heard),
  };
}

function segmentsOf({ temperature }: TranscriptionForm, { recognition, durationSeconds }: Heard): readonly object[] {
  const { text } = recognition;
  if (text === '') return [];
  return [
    {
      id: 0,
      seek: 0,
      start: 0,
      end: durationSeconds,
      text: ` ${text}`,
      tokens: tokensOf(text).map((_, index) => index),
      temperature,
      avg_logprob: SURE_LOGPROB,
      compression_ratio: Buffer.byteLength(text) / deflateSync(text).length,
      no_speech_prob: NO_SPEECH_PROBABILITY,
    },
  ];
}

/** Words as Whisper gives them, without punctuation; at even distances where the model behind knows no times. */
function wordsOf({ recognition, durationSeconds }: Heard): readonly object[] {
  const spoken = recognition.text.split(/\s+/).filter((word) => word !== '');
  const spans =
    recognition.words?.map(({ word, startSample, endSample }) => ({
      word,
      start: startSample / PIPELINE_SAMPLE_RATE_HZ,
      end: endSample / PIPELINE_SAMPLE_RATE_HZ,
    })) ??
    spoken.map((word, index) => ({
      word,
      start: (index * durationSeconds) / spoken.length,
      end: ((index + 1) * durationSeconds) / spoken.length,
    }));
  return spans.map((span) => ({ ...span, word: span.word.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '') }));
}

function streamedAnswer(form: TranscriptionForm, heard: Heard): TranscriptionAnswer {
  const { text } = heard.recognition;
  const probabilities = (part: string) => (form.include.length > 0 ? { logprobs: logprobsOf(part) } : {});
  const deltas = tokensOf(text).map((delta) => ({ type: 'transcript.text.delta', delta, ...probabilities(delta) }));
  const done = { type: 'transcript.text.done', text, ...probabilities(text), usage: tokenUsage(heard) };
  return {
    contentType: 'text/event-stream',
    parts: [...deltas, done].map((event) => `data: ${JSON.stringify(event)}\n\n`),
  };
}

/** A token is a word with the blank before it. */
function tokensOf(text: string): readonly string[] {
  return text.match(/\s*\S+/g) ?? [];
}

function logprobsOf(text: string): readonly object[] {
  return tokensOf(text).map((token) => ({ token, logprob: SURE_LOGPROB, bytes: [...Buffer.from(token)] }));
}

function durationUsage({ durationSeconds }: Heard): object {
  return { type: 'duration', seconds: Math.ceil(durationSeconds) };
}

function tokenUsage({ recognition, durationSeconds }: Heard): object {
  const output = tokensOf(recognition.text).length;
  const audio = Math.ceil(durationSeconds * AUDIO_TOKENS_PER_SECOND);
  return {
    type: 'tokens',
    input_tokens: audio,
    input_token_details: { text_tokens: 0, audio_tokens: audio },
    output_tokens: output,
    total_tokens: audio + output,
  };
}

/** `english` for `en`: Whisper answers with names. */
function languageName(language: string): string {
  return (
    new Intl.DisplayNames(['en'], { type: 'language' }).of(language.split('-')[0] ?? language)?.toLowerCase() ?? ''
  );
}

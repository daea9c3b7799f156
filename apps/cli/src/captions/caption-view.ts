import type { Transcription, TranscriptionWord } from '@verbatim/protocol';

/** A caption that will not change any more. Units: milliseconds of the audio sent. */
export interface FinishedCaption {
  readonly text: string;
  readonly channel: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly words: readonly TranscriptionWord[];
}

/** A caption that is still forming. */
export interface FormingCaption {
  readonly text: string;
  /** Length of the prefix on which hypotheses agree. Units: UTF-16 code units of `text`. */
  readonly stableChars: number;
  readonly segmentId: number;
  readonly revision: number;
}

/** What is on show for one channel. */
export interface ChannelView {
  readonly forming: FormingCaption | undefined;
  /** Interims of this segment or an earlier one come too late; −1 before the first final. */
  readonly lastFinalSegmentId: number;
}

/** Index: channel. */
export type CaptionView = readonly ChannelView[];

const EMPTY_CHANNEL: ChannelView = { forming: undefined, lastFinalSegmentId: -1 };

/**
 * Takes one transcription into the view. Pure. Interims replace each other by `revision`; delivered at most once and by a
 * path of their own, they may arrive after their final and are then left out.
 */
export function reduceCaptions(
  view: CaptionView,
  message: Transcription,
): { readonly view: CaptionView; readonly finished: FinishedCaption | undefined } {
  const channel = view[message.channel] ?? EMPTY_CHANNEL;
  if (message.is_final) {
    const lastFinalSegmentId = Math.max(channel.lastFinalSegmentId, message.segment_id);
    const isOfLaterSegment = (channel.forming?.segmentId ?? -1) > lastFinalSegmentId;
    const next = { forming: isOfLaterSegment ? channel.forming : undefined, lastFinalSegmentId };
    return { view: replaceChannel(view, message.channel, next), finished: toFinished(message) };
  }
  if (!isNews(channel, message)) return { view, finished: undefined };
  const forming = {
    text: message.text,
    stableChars: message.stable_chars,
    segmentId: message.segment_id,
    revision: message.revision,
  };
  return { view: replaceChannel(view, message.channel, { ...channel, forming }), finished: undefined };
}

function isNews(channel: ChannelView, message: Transcription): boolean {
  if (message.segment_id <= channel.lastFinalSegmentId) return false;
  const { forming } = channel;
  if (forming === undefined || message.segment_id > forming.segmentId) return true;
  return message.segment_id === forming.segmentId && message.revision > forming.revision;
}

/** A final without words, as `end` gives on an empty buffer, is no caption. */
function toFinished(message: Transcription): FinishedCaption | undefined {
  if (message.text.trim() === '') return undefined;
  const { text, channel, start_ms: startMs, end_ms: endMs, words = [] } = message;
  return { text, channel, startMs, endMs, words };
}

function replaceChannel(view: CaptionView, index: number, next: ChannelView): CaptionView {
  const length = Math.max(view.length, index + 1);
  return Array.from({ length }, (_, channel) => (channel === index ? next : (view[channel] ?? EMPTY_CHANNEL)));
}

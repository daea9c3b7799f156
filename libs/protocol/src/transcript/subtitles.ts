import type { SessionSegment } from '../http/session-view.ts';
import { toCues, type Cue, type SubtitleOptions } from './cues.ts';
import { timecode } from './timecode.ts';

/**
 * Writes finals as a WebVTT file. Two channels are two voices, `Speaker 0` and `Speaker 1`.
 * @see https://www.w3.org/TR/webvtt1/
 */
export function toWebVtt(segments: readonly SessionSegment[], options?: SubtitleOptions): string {
  const isNamed = hasSeveralChannels(segments);
  const blocks = toCues(segments, options).map((cue) => {
    const voice = isNamed ? `<v Speaker ${cue.channel}>` : '';
    return `${timing(cue, '.')}\n${voice}${escaped(cue.text)}\n`;
  });
  return ['WEBVTT\n', ...blocks].join('\n');
}

/** Writes finals as a SubRip file. Of two channels each is named where it begins to speak. */
export function toSrt(segments: readonly SessionSegment[], options?: SubtitleOptions): string {
  const isNamed = hasSeveralChannels(segments);
  const cues = toCues(segments, options);
  const blocks = cues.map((cue, index) => {
    const isNewVoice = cue.channel !== cues[index - 1]?.channel;
    const name = isNamed && isNewVoice ? `[Speaker ${cue.channel}]\n` : '';
    return `${index + 1}\n${timing(cue, ',')}\n${name}${cue.text}\n`;
  });
  return blocks.join('\n');
}

/** Writes finals as plain text: one line, or of two channels a line for each turn. */
export function toPlainText(segments: readonly SessionSegment[]): string {
  if (segments.length === 0) return '';
  if (!hasSeveralChannels(segments)) return `${segments.map(({ text }) => text).join(' ')}\n`;
  const ordered = [...segments].sort((a, b) => a.start_ms - b.start_ms || a.channel - b.channel);
  const turns: { readonly channel: number; readonly texts: string[] }[] = [];
  for (const { channel, text } of ordered) {
    const turn = turns.at(-1);
    if (turn?.channel === channel) turn.texts.push(text);
    else turns.push({ channel, texts: [text] });
  }
  return turns.map(({ channel, texts }) => `Speaker ${channel}: ${texts.join(' ')}\n`).join('');
}

/** The second channel has spoken; before that nobody need be told apart. */
function hasSeveralChannels(segments: readonly SessionSegment[]): boolean {
  return segments.some(({ channel }) => channel > 0);
}

function timing({ startMs, endMs }: Cue, decimalSign: '.' | ','): string {
  return `${timecode(startMs, decimalSign)} --> ${timecode(endMs, decimalSign)}`;
}

/** What would be markup, or an arrow that begins another cue. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

import type { Transcription } from '@verbatim/protocol';
import { reduceCaptions, type CaptionView, type FinishedCaption } from './caption-view.ts';
import { withoutControls } from './display-width.ts';
import { drawLiveLine, type SendProgress } from './live-line.ts';

const ERASE_LINE = '\r\x1b[2K';

/** Where text goes: a stream, or an array in tests. */
export interface TextSink {
  write(text: string): unknown;
}

export interface CaptionWriterOptions {
  /** Takes the finished captions, one line each. */
  readonly finals: TextSink;
  /** Takes the line that is rewritten in place; undefined where there is no terminal. */
  readonly live: TextSink | undefined;
  readonly columns: () => number;
  readonly isColoured: boolean;
  readonly channels: number;
  readonly hasWords: boolean;
}

/** Writes captions to a terminal: finished ones scroll, the forming one is replaced in place below them. */
export interface CaptionWriter {
  show(message: Transcription): void;
  progress(progress: SendProgress): void;
  /** Removes the live line. */
  close(): void;
}

/** Creates a writer; nothing is written before the first call. */
export function createCaptionWriter(options: CaptionWriterOptions): CaptionWriter {
  const { finals, live } = options;
  let view: CaptionView = [];
  let sent: SendProgress | undefined;
  let drawn = '';
  const draw = (line: string) => {
    if (live === undefined || line === drawn) return;
    live.write(ERASE_LINE + line);
    drawn = line;
  };
  const redraw = () => {
    draw(drawLiveLine(sent, view, { columns: options.columns(), isColoured: options.isColoured }));
  };
  return {
    show(message) {
      const next = reduceCaptions(view, message);
      view = next.view;
      if (next.finished !== undefined) {
        draw('');
        finals.write(finishedLines(next.finished, options));
      }
      redraw();
    },
    progress(progress) {
      sent = progress;
      redraw();
    },
    close() {
      draw('');
    },
  };
}

function finishedLines(caption: FinishedCaption, { channels, hasWords }: CaptionWriterOptions): string {
  const label = channels > 1 ? `[${caption.channel}] ` : '';
  const line = `${label}${withoutControls(caption.text)}\n`;
  if (!hasWords || caption.words.length === 0) return line;
  const times = caption.words.map(({ word, start_ms: startMs }) => `${(startMs / 1000).toFixed(2)} ${word}`);
  return `${line}    ${withoutControls(times.join('  '))}\n`;
}

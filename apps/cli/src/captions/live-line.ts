import type { CaptionView } from './caption-view.ts';
import { displayWidth, tailThatFits, withoutControls } from './display-width.ts';

/** How much of the audio is sent. Units: milliseconds; the total is unknown for standard input. */
export interface SendProgress {
  readonly sentMs: number;
  readonly totalMs: number | undefined;
}

export interface LiveLineOptions {
  /** Columns of the terminal; the last one stays empty, since writing into it makes some terminals wrap. */
  readonly columns: number;
  readonly isColoured: boolean;
}

const BAR_CELLS = 12;
const DIM = '\x1b[2m';
const PLAIN = '\x1b[0m';

/**
 * Draws the one line that is rewritten in place: a progress bar and the captions that are forming, the newest words kept
 * when it does not fit. Words that may still change are dim.
 */
export function drawLiveLine(
  progress: SendProgress | undefined,
  view: CaptionView,
  { columns, isColoured }: LiveLineOptions,
): string {
  const head = progress === undefined ? '' : `${drawBar(progress)} `;
  const room = columns - 1 - displayWidth(head);
  const { settled, open } = formingText(view);
  const shown = tailThatFits(settled + open, room);
  if (!isColoured) return head + shown;
  const openShown = shown.slice(Math.max(0, shown.length - open.length));
  const settledShown = shown.slice(0, shown.length - openShown.length);
  return `${head}${settledShown}${openShown === '' ? '' : `${DIM}${openShown}${PLAIN}`}`;
}

/** Of several channels the first ones count as settled here: only the last text on the line can end in dim words. */
function formingText(view: CaptionView): { settled: string; open: string } {
  const texts = view.flatMap(({ forming }, channel) =>
    forming === undefined || forming.text === ''
      ? []
      : [{ label: view.length > 1 ? `[${channel}] ` : '', text: forming.text, stableChars: forming.stableChars }],
  );
  const last = texts.pop();
  if (last === undefined) return { settled: '', open: '' };
  const before = texts.map(({ label, text }) => `${label}${text} `).join('');
  return {
    settled: withoutControls(before + last.label + last.text.slice(0, last.stableChars)),
    open: withoutControls(last.text.slice(last.stableChars)),
  };
}

function drawBar({ sentMs, totalMs }: SendProgress): string {
  const sent = (sentMs / 1000).toFixed(1);
  if (totalMs === undefined) return `${sent} s`;
  const done = totalMs === 0 ? BAR_CELLS : Math.min(BAR_CELLS, Math.round((sentMs / totalMs) * BAR_CELLS));
  return `${'█'.repeat(done)}${'░'.repeat(BAR_CELLS - done)} ${sent}/${(totalMs / 1000).toFixed(1)} s`;
}

const ERASE_LINE = '\r\x1b[2K';

/**
 * One terminal for everything: finished lines scroll, and below them at most one live line is rewritten in place. On
 * anything that is not a terminal the live line does not exist and the output is plain lines.
 * @param {{ write(text: string): unknown, isTTY?: boolean, columns?: number }} stream
 */
export function createScreen(stream) {
  const isTerminal = stream.isTTY === true;
  let liveText = '';
  return {
    isTerminal,
    /** Units: characters. */
    get columns() {
      return stream.columns ?? 80;
    },
    /** Writes a finished line above the live one. */
    line(text) {
      stream.write(liveText === '' ? `${text}\n` : `${ERASE_LINE}${text}\n${liveText}`);
    },
    /** Replaces the live line; an empty text removes it. */
    live(text) {
      if (!isTerminal || text === liveText) return;
      stream.write(`${ERASE_LINE}${text}`);
      liveText = text;
    },
  };
}

/**
 * Feeds the raw output of a child that draws its own live line (it rewrites what follows the last newline) to a screen.
 * @param {ReturnType<typeof createScreen>} screen
 * @returns {(chunk: string) => void}
 */
export function createLiveRelay(screen) {
  let pending = '';
  return (chunk) => {
    const lines = (pending + chunk).split('\n');
    pending = lastDrawing(lines.pop() ?? '');
    for (const line of lines) screen.line(lastDrawing(line));
    screen.live(pending);
  };
}

/** What a terminal would show of a line that was erased and drawn again. */
function lastDrawing(text) {
  const erased = text.lastIndexOf(ERASE_LINE);
  return erased === -1 ? text : text.slice(erased + ERASE_LINE.length);
}

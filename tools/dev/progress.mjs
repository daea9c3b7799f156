const TICK_MS = 250;
/** Without a terminal a long step says that it is alive this often. Units: milliseconds. */
const PLAIN_NEWS_MS = 15_000;
const NAME_WIDTH = 12;

/**
 * Prints one line per finished step: what, how big, how long; while it runs, a live line with the time so far.
 * @param {ReturnType<import('./screen.mjs').createScreen>} screen
 */
export function createProgress(screen) {
  return {
    /**
     * @template T
     * @param {string} name
     * @param {(say: (activity: string) => void) => Promise<{ summary: string, value: T }>} work
     * @returns {Promise<T>}
     */
    async step(name, work) {
      const startedMs = performance.now();
      let activity = '';
      let saidMs = startedMs;
      const tell = () => `… ${name.padEnd(NAME_WIDTH)}${activity}  ${seconds(performance.now() - startedMs)}`;
      const say = (text) => {
        const isNews = activity === '';
        activity = text;
        if (screen.isTerminal) screen.live(tell().slice(0, screen.columns - 1));
        else if (isNews) screen.line(`… ${name.padEnd(NAME_WIDTH)}${text}`);
      };
      const timer = setInterval(() => {
        if (activity === '') return;
        if (screen.isTerminal) screen.live(tell().slice(0, screen.columns - 1));
        else if (performance.now() - saidMs >= PLAIN_NEWS_MS) {
          saidMs = performance.now();
          screen.line(tell());
        }
      }, TICK_MS);
      try {
        const { summary, value } = await work(say);
        screen.live('');
        screen.line(`✓ ${name.padEnd(NAME_WIDTH)}${summary}  (${seconds(performance.now() - startedMs)})`);
        return value;
      } finally {
        clearInterval(timer);
        screen.live('');
      }
    },
  };
}

/** @param {number} durationMs */
export function seconds(durationMs) {
  return `${(durationMs / 1000).toFixed(1)} s`;
}

/** @param {number} bytes */
export function megabytes(bytes) {
  return bytes < 1_000_000 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}

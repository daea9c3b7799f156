/** The user's wish to stop, in two steps: `finish` asks for the finals of what was sent, `abandon` waits for nothing. */
export interface StopWish {
  readonly finish: AbortSignal;
  readonly abandon: AbortSignal;
}

/** Counts signals: the first is a wish to finish, any later one to abandon. */
export function createStopWish(): StopWish & { readonly signalled: () => void } {
  const finish = new AbortController();
  const abandon = new AbortController();
  return {
    finish: finish.signal,
    abandon: abandon.signal,
    signalled: () => {
      if (finish.signal.aborted) abandon.abort();
      finish.abort();
    },
  };
}

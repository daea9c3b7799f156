import type { ProviderName } from '@verbatim/protocol';
import type { Recognition, WindowedRecognizer } from '@verbatim/recognizers';
import type { DecodeJob, DecodeRank } from '../decoding/decode-job.ts';
import { SPECULATION_IS_FINAL_AFTER_MS } from '../decoding/decode-queue.ts';
import type { ProviderBench, SessionOptions } from '../session/session-options.ts';

/** A request to the session's recogniser that another one could answer as well; ends like a {@link DecodeJob}. */
export interface HedgeableDecode extends DecodeRank {
  /** What a recogniser is given, padding included. Units: samples. */
  readonly lengthSamples: number;
  ask(recognizer: WindowedRecognizer, signal: AbortSignal): Promise<Recognition>;
  onDone(recognition: Recognition, answeredBy: ProviderName): void;
  onDropped(): void;
  onFailing(error: unknown, attempt: number): number | undefined;
}

/** A second recogniser was asked, or its answer came first. */
export interface ProviderHedge {
  readonly type: 'asked' | 'won';
  readonly from: ProviderName;
  readonly to: ProviderName;
}

export interface HedgingOptions extends Pick<SessionOptions, 'benches' | 'hedgeAfterMs' | 'after'> {
  readonly onHedged: (hedge: ProviderHedge) => void;
}

/** The requests of one channel to the session's recogniser, some of which are also put to another one. */
export interface HedgedDecodes {
  submit(decode: HedgeableDecode): void;
  /** Calls off what others were asked. What the session's own recogniser was asked is forgotten by its scheduler. */
  close(): void;
}

/**
 * Hedges: a final without an answer after `hedgeAfterMs` is also asked of the next recogniser in the session's chain, and the first answer
 * counts. The other call is aborted and says nothing about its recogniser. A hedge is one more request, so the retry budget pays for it, and it
 * waits for a place among the second recogniser's own requests.
 *
 * Worked failure: one answer in fifty of a service takes 8 s instead of 0.3 s. It has not failed, so nobody goes elsewhere, and the client
 * waits 8 s for its sentence. With 1 s here it has it after 1.2 s, from the next recogniser, and the session stays where it is.
 */
export function createHedgedDecodes(
  primary: { readonly bench: ProviderBench; readonly recognizer: WindowedRecognizer },
  options: HedgingOptions,
): HedgedDecodes {
  const open = new Set<OpenDecode>();
  let newest: OpenDecode | undefined;
  const olderThan = (opened: OpenDecode): readonly OpenDecode[] => {
    const inOrder = [...open];
    return inOrder.slice(0, Math.max(0, inOrder.indexOf(opened)));
  };
  return {
    submit(decode) {
      const opened: OpenDecode = new OpenDecode(decode, {
        ...options,
        ...primary,
        // A speculation after which its channel has asked for something else did not become the final.
        isWanted: () => opened === newest,
        onOver: () => void open.delete(opened),
        onWon: () => olderThan(opened).forEach((older) => older.callOff()),
      });
      newest = opened;
      open.add(opened);
      opened.start();
    },
    close() {
      for (const each of open) each.close();
      open.clear();
    },
  };
}

interface OpenDecodeOptions extends HedgingOptions {
  readonly bench: ProviderBench;
  readonly recognizer: WindowedRecognizer;
  readonly isWanted: () => boolean;
  readonly onOver: () => void;
  /** Told before {@link onOver}: what the channel had asked earlier and nobody waits for may be what holds its session up. */
  readonly onWon: () => void;
}

interface Second {
  readonly bench: ProviderBench;
  readonly job: DecodeJob<Recognition>;
}

class OpenDecode {
  readonly #decode: HedgeableDecode;
  readonly #options: OpenDecodeOptions;
  readonly #first: DecodeJob<Recognition>;
  #second: Second | undefined;
  /** What the first one failed with while the second one is being asked: nothing is decided about it until that is over. */
  #failure: { readonly error: unknown; readonly attempt: number } | undefined;
  #cancelTimer: () => void = () => undefined;

  constructor(decode: HedgeableDecode, options: OpenDecodeOptions) {
    this.#decode = decode;
    this.#options = options;
    this.#first = {
      ...rankOf(decode),
      run: (signal) => decode.ask(options.recognizer, signal),
      onDone: (recognition) => this.#answered(recognition, options.bench),
      onDropped: () => this.#dropped(),
      onFailing: (error, attempt) => this.#firstFailing(error, attempt),
    };
  }

  start(): void {
    const { bench, after, hedgeAfterMs } = this.#options;
    const { kind } = this.#decode;
    if (hedgeAfterMs > 0 && kind !== 'interim') {
      const delayMs = kind === 'final' ? hedgeAfterMs : Math.max(hedgeAfterMs, SPECULATION_IS_FINAL_AFTER_MS);
      this.#cancelTimer = after(delayMs, () => this.#hedge());
    }
    bench.scheduler.submit(this.#first);
  }

  close(): void {
    this.#cancelTimer();
    this.#second?.bench.scheduler.withdraw(this.#second.job);
  }

  /** Nobody waits for the answer any more. */
  callOff(): void {
    this.#options.bench.scheduler.withdraw(this.#first);
    this.#dropped();
  }

  #hedge(): void {
    const { bench, onHedged, isWanted } = this.#options;
    const second = isWanted() ? nextWindowed(this.#options, this.#decode.lengthSamples) : undefined;
    if (second === undefined || !bench.health.takeRetry()) return;
    const job: DecodeJob<Recognition> = {
      // Waited for like a final, and never superseded.
      ...{ ...rankOf(this.#decode), kind: 'final' },
      run: (signal) => this.#decode.ask(second.recognizer, signal),
      onDone: (recognition) => this.#answered(recognition, second.bench),
      onDropped: () => undefined,
      onFailing: () => this.#secondFailing(),
    };
    this.#second = { bench: second.bench, job };
    onHedged({ type: 'asked', from: bench.name, to: second.bench.name });
    second.bench.scheduler.submit(job);
  }

  #answered(recognition: Recognition, by: ProviderBench): void {
    if (by !== this.#options.bench) this.#won(by);
    this.#over();
    this.#decode.onDone(recognition, by.name);
  }

  #won(by: ProviderBench): void {
    const { bench, onHedged, onWon } = this.#options;
    this.#second = undefined;
    // This one before the older ones: else it would get the turn that they give up.
    bench.scheduler.withdraw(this.#first);
    onWon();
    onHedged({ type: 'won', from: bench.name, to: by.name });
  }

  #dropped(): void {
    this.#over();
    this.#decode.onDropped();
  }

  #firstFailing(error: unknown, attempt: number): number | undefined {
    if (this.#second === undefined) return this.#decode.onFailing(error, attempt);
    this.#failure = { error, attempt };
    return undefined;
  }

  /** A hedge is not tried again; the first one's answer counts still, or its failure from now on. */
  #secondFailing(): undefined {
    const failure = this.#failure;
    this.#second = undefined;
    this.#failure = undefined;
    if (failure === undefined) return;
    const { after, bench } = this.#options;
    const delayMs = this.#decode.onFailing(failure.error, failure.attempt);
    if (delayMs !== undefined) this.#cancelTimer = after(delayMs, () => bench.scheduler.submit(this.#first));
  }

  #over(): void {
    this.close();
    this.#options.onOver();
  }
}

function rankOf({ sessionId, lane, kind, staleAfterMs }: DecodeRank): DecodeRank {
  return { sessionId, lane, kind, staleAfterMs };
}

/** The next in the chain that is well and can take the range. Not one before: the session has left that. */
function nextWindowed(
  { bench, benches }: OpenDecodeOptions,
  lengthSamples: number,
): { readonly bench: ProviderBench; readonly recognizer: WindowedRecognizer } | undefined {
  for (const other of benches.slice(benches.indexOf(bench) + 1)) {
    const { recognizer, health } = other;
    const isFitting = 'decode' in recognizer && lengthSamples <= recognizer.capabilities.longestWindowSamples;
    if (isFitting && health.phase === 'closed') return { bench: other, recognizer };
  }
  return undefined;
}

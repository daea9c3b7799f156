import type { WindowedRecognizer } from '@verbatim/recognizers';
import type { FaultScript } from './fault.ts';

/** What every emulator is started with. */
export interface EmulatorOptions {
  /** What understands the audio: the local recogniser, or the ledger for exact tests. Stays the caller's to close. */
  readonly recognizer: WindowedRecognizer;
  /** Default: no faults. */
  readonly faults?: FaultScript;
}

/** A provider's service on this machine, on the provider's real wire. */
export interface Emulator {
  /** `http://127.0.0.1:<port>`, plain. */
  readonly url: string;
  readonly port: number;
  /** Requests that arrived so far, refused ones included: for gRPC, streams. */
  readonly requests: number;
  /** Audio that arrived so far, repeats included. Units: samples at 16 kHz. */
  readonly audioSamples: number;
  /** From the next request on; its count begins at 0 again. */
  setFaults(script: FaultScript): void;
  stop(): Promise<void>;
}

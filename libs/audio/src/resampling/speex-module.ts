// @ts-expect-error: the package ships no types; the part that is used is declared below
import createSpeexModule from '@echogarden/speex-resampler-wasm/simd';

/** The part of the WASM build of SpeexDSP's resampler that is used here. Addresses are byte offsets into its memory. */
export interface SpeexModule {
  /** Views of the memory; replaced whenever it grows, so never kept. */
  readonly HEAPF32: Float32Array;
  readonly HEAPU32: Uint32Array;
  _malloc(bytes: number): number;
  _free(address: number): void;
  _speex_resampler_init(channels: number, fromHz: number, toHz: number, quality: number, errorAddress: number): number;
  _speex_resampler_destroy(state: number): void;
  _speex_resampler_reset_mem(state: number): number;
  _speex_resampler_skip_zeros(state: number): number;
  _speex_resampler_get_input_latency(state: number): number;
  /** Lengths are read and written through their addresses: given and taken, room and made. */
  _speex_resampler_process_float(
    ...args: [state: number, channel: number, input: number, inputLength: number, output: number, outputLength: number]
  ): number;
}

let loading: Promise<SpeexModule> | undefined;

/** Loads the module once; a failed load is tried again by the next caller. */
export function loadSpeexModule(): Promise<SpeexModule> {
  loading ??= (createSpeexModule as () => Promise<SpeexModule>)().catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

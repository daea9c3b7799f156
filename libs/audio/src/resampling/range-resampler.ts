import { loadSpeexModule, type SpeexModule } from './speex-module.ts';

/**
 * Speex quality, 0–10. At 7 the pass band is flat to 7.2 of 8 kHz and the stop band lies 114 dB down, for 0.7 ms per second
 * of 48 kHz audio; higher numbers cost more and change nothing that a recogniser hears.
 */
const QUALITY = 7;

/** Conversions kept ready (8–60 kB each); the usual sample rates are nine. A further one drops the least recently used. */
const READY_CONVERSIONS = 32;

const BYTES_PER_FLOAT = 4;

/**
 * Computes any range of the output of a sample rate conversion from the input around it.
 *
 * It keeps nothing between two calls, and that is the point: the result cannot depend on how a client cut its audio, a session
 * that ends in whatever way leaves nothing in WASM memory, and a resumed session needs no saved filter.
 */
export interface RangeResampler {
  /** Input that an output sample reaches to, on either side. Units: input samples. */
  readonly marginSamples: number;
  /** Input and output samples lie on the same instants every so many samples: 441 and 160 for 44.1 kHz → 16 kHz. */
  readonly inputPeriod: number;
  readonly outputPeriod: number;
  /**
   * Computes `count` output samples after leaving out `skip`.
   * Units: `input` starts where an input period starts; output sample n lies at n / toHz after that instant.
   * Invariant: input before and after what is given counts as silence.
   */
  render(input: Float32Array, skip: number, count: number): Float32Array;
}

interface Conversion extends RangeResampler {
  readonly release: () => void;
}

const ready = new Map<string, Conversion>();

/** Gives the conversion from one rate to another, in Hz. Several users of the same conversion share it. */
export type RangeResamplers = (fromHz: number, toHz: number) => RangeResampler;

/** Opens the conversion from one rate to another, in Hz. */
export async function openRangeResampler(fromHz: number, toHz: number): Promise<RangeResampler> {
  return (await loadRangeResamplers())(fromHz, toHz);
}

/** Loads what every conversion needs, for those who learn the rate later and cannot wait then. */
export async function loadRangeResamplers(): Promise<RangeResamplers> {
  const module = await loadSpeexModule();
  return (fromHz, toHz) => (fromHz === toHz ? SAME_RATE : sharedResampler(module, fromHz, toHz));
}

/** Nothing to convert, and nothing around it needed. */
const SAME_RATE: RangeResampler = {
  marginSamples: 0,
  inputPeriod: 1,
  outputPeriod: 1,
  render: (input, skip, count) => input.subarray(skip, skip + count),
};

function sharedResampler(module: SpeexModule, fromHz: number, toHz: number): RangeResampler {
  const { marginSamples, inputPeriod, outputPeriod } = readyConversion(module, fromHz, toHz);
  return {
    marginSamples,
    inputPeriod,
    outputPeriod,
    // Looked up at each use: another conversion may have taken its place in the meantime.
    render: (input, skip, count) => readyConversion(module, fromHz, toHz).render(input, skip, count),
  };
}

function readyConversion(module: SpeexModule, fromHz: number, toHz: number): Conversion {
  const name = `${fromHz}:${toHz}`;
  const conversion = ready.get(name) ?? createConversion(module, fromHz, toHz);
  ready.delete(name);
  ready.set(name, conversion);
  if (ready.size > READY_CONVERSIONS) dropOldest();
  return conversion;
}

function dropOldest(): void {
  const [oldest] = ready;
  if (oldest === undefined) return;
  oldest[1].release();
  ready.delete(oldest[0]);
}

function createConversion(module: SpeexModule, fromHz: number, toHz: number): Conversion {
  const lengths = module._malloc(2 * BYTES_PER_FLOAT);
  const state = module._speex_resampler_init(1, fromHz, toHz, QUALITY, lengths);
  if (state === 0) throw new RangeError(`no conversion from ${fromHz} to ${toHz} Hz`);
  const marginSamples = module._speex_resampler_get_input_latency(state);
  const divisor = greatestCommonDivisor(fromHz, toHz);
  return {
    marginSamples,
    inputPeriod: fromHz / divisor,
    outputPeriod: toHz / divisor,
    render(input, skip, count) {
      module._speex_resampler_reset_mem(state);
      module._speex_resampler_skip_zeros(state);
      const output = run(module, { state, lengths, input, marginSamples, outputLength: skip + count });
      return output.subarray(skip);
    },
    release() {
      module._speex_resampler_destroy(state);
      module._free(lengths);
    },
  };
}

interface Run {
  readonly state: number;
  readonly lengths: number;
  readonly input: Float32Array;
  readonly marginSamples: number;
  readonly outputLength: number;
}

/** One conversion in WASM memory: input and the silence after it, then room for the output. */
function run(module: SpeexModule, { state, lengths, input, marginSamples, outputLength }: Run): Float32Array {
  const inputLength = input.length + marginSamples + 1;
  const inputAddress = module._malloc((inputLength + outputLength) * BYTES_PER_FLOAT);
  const outputAddress = inputAddress + inputLength * BYTES_PER_FLOAT;
  try {
    const floats = module.HEAPF32;
    floats.set(input, inputAddress / BYTES_PER_FLOAT);
    floats.fill(0, inputAddress / BYTES_PER_FLOAT + input.length, outputAddress / BYTES_PER_FLOAT + outputLength);
    module.HEAPU32[lengths / BYTES_PER_FLOAT] = inputLength;
    module.HEAPU32[lengths / BYTES_PER_FLOAT + 1] = outputLength;
    module._speex_resampler_process_float(state, 0, inputAddress, lengths, outputAddress, lengths + BYTES_PER_FLOAT);
    return module.HEAPF32.slice(outputAddress / BYTES_PER_FLOAT, outputAddress / BYTES_PER_FLOAT + outputLength);
  } finally {
    module._free(inputAddress);
  }
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

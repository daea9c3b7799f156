import { always, startGoogleEmulator, startOpenAiEmulator, type Emulator, type Fault } from '@verbatim/emulators';
import type { FleetOptions } from '@verbatim/fleet';
import { createLedgerRecognizer, type WindowedRecognizer } from '@verbatim/recognizers';
import { startFaultProxy, type FaultProxy, type SeededRandom } from '@verbatim/testing';
import { STANDARD_FLEET } from './standard-fleet.ts';

export type EmulatedProvider = 'google' | 'whisper';

/** How a provider dies. `down`: nobody listens; `silence`: its connections stay, and no answer comes any more. */
export const WAYS_TO_DIE = ['refuse 503', 'refuse 429', 'refuse 401', 'cut', 'garbage', 'silence', 'down'] as const;
export type WayToDie = (typeof WAYS_TO_DIE)[number];

/** Google and OpenAI on this machine, each on its real wire with the ledger behind it and a proxy before it. */
export interface EmulatedProviders {
  readonly emulators: Readonly<Record<EmulatedProvider, Emulator>>;
  /** What a fleet needs to reach them; chain google, whisper, ledger. */
  readonly fleet: FleetOptions;
  /** From now on every request fails this way, and so does what is under way. */
  kill(provider: EmulatedProvider, way: WayToDie): void;
  revive(provider: EmulatedProvider): void;
  stop(): Promise<void>;
}

export interface EmulatedProvidersOptions {
  readonly random: SeededRandom;
  /** When Google ends a stream by itself. Default its own five minutes. */
  readonly streamLimitSeconds?: number;
  /** Further environment of the fleet. */
  readonly env?: FleetOptions['env'];
}

/**
 * A recogniser that does not answer within this is changed for another: short, because a call that waits has lost its listener. Half of it has
 * to be more than the half second between two interims of Google's emulator. Units: milliseconds.
 */
const PROVIDER_TIMEOUT_MS = 1500;

/** So much audio of a request is heard before the connection is cut. Units: milliseconds. */
const CUT_AFTER_AUDIO_MS = 300;

export async function startEmulatedProviders(options: EmulatedProvidersOptions): Promise<EmulatedProviders> {
  const ledger = openLedger();
  const { random, streamLimitSeconds, env = {} } = options;
  const emulators = {
    google: await startGoogleEmulator({
      recognizer: ledger,
      ...(streamLimitSeconds === undefined ? {} : { streamLimitSeconds }),
    }),
    whisper: await startOpenAiEmulator({ recognizer: ledger }),
  };
  const proxies = {
    google: await startFaultProxy({ targetPort: emulators.google.port, random }),
    whisper: await startFaultProxy({ targetPort: emulators.whisper.port, random }),
  };
  const revivals: Partial<Record<EmulatedProvider, () => void>> = {};
  const revive = (provider: EmulatedProvider): void => {
    revivals[provider]?.();
    delete revivals[provider];
    emulators[provider].setFaults(always(undefined));
  };
  return {
    ...{ emulators, revive },
    fleet: fleetOf({ google: proxies.google.port, whisper: proxies.whisper.port }, env),
    kill(provider, way) {
      revive(provider);
      revivals[provider] = killNow(way, emulators[provider], proxies[provider]);
    },
    async stop() {
      for (const provider of ['google', 'whisper'] as const) {
        await proxies[provider].stop();
        await emulators[provider].stop();
      }
      await ledger.close();
    },
  };
}

function openLedger(): WindowedRecognizer {
  const ledger = createLedgerRecognizer({ kind: 'windowed' });
  if (!('decode' in ledger)) throw new Error('The windowed ledger cannot decode.');
  return ledger;
}

/** Answers how to undo it. */
function killNow(way: WayToDie, emulator: Emulator, proxy: FaultProxy): () => void {
  if (way === 'down' || way === 'silence') {
    const fault = proxy.add({ type: way });
    return () => fault.remove();
  }
  emulator.setFaults(always(faultOf(way)));
  // What is under way dies with it.
  proxy.cut();
  return () => undefined;
}

function faultOf(way: Exclude<WayToDie, 'down' | 'silence'>): Fault {
  switch (way) {
    case 'refuse 503':
      return { kind: 'refuse', httpStatus: 503 };
    case 'refuse 429':
      return { kind: 'refuse', httpStatus: 429, retryAfterMs: 5000 };
    case 'refuse 401':
      return { kind: 'refuse', httpStatus: 401 };
    case 'cut':
      return { kind: 'cut', afterAudioMs: CUT_AFTER_AUDIO_MS };
    case 'garbage':
      return { kind: 'garbage' };
  }
}

function fleetOf(ports: Readonly<Record<EmulatedProvider, number>>, env: FleetOptions['env']): FleetOptions {
  return {
    ...STANDARD_FLEET,
    providers: 'google,whisper,ledger',
    env: {
      ...STANDARD_FLEET.env,
      STT_PROVIDER_CHAINS: 'google,whisper,ledger',
      STT_PROVIDER_TIMEOUT_MS: String(PROVIDER_TIMEOUT_MS),
      STT_VOICE_ACTIVITY: 'level',
      STT_GOOGLE_ENDPOINT: `http://127.0.0.1:${ports.google}`,
      STT_GOOGLE_PROJECT: 'chaos',
      STT_WHISPER_BASE_URL: `http://127.0.0.1:${ports.whisper}/v1`,
      STT_WHISPER_API_KEY: 'no secret',
      ...env,
    },
  };
}

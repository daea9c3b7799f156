import type { SttError } from '@verbatim/protocol';
import { createAudioWriter, type ReconnectingAudioWriter } from '../audio/audio-writer.ts';
import type { BackboneParts } from '../connection/backbone-connections.ts';
import type { GatewaySide } from '../faces.ts';

/** A shutdown waits so long for audio that Redis has not acknowledged; clients send the rest again when they resume. */
const FLUSH_WITHIN_MS = 2000;

/** A full Redis refuses every append of every session; telling of it once a second is enough. */
const TELL_REFUSED_EVERY_MS = 1000;

export interface AudioWriters {
  readonly open: GatewaySide['openAudioWriter'];
  /** Waits until everything appended is stored, but not for ever. */
  flush(): Promise<void>;
}

/** Keeps the open writers of a process: all of them go on when the connection is back. */
export function createAudioWriters({ settings, keys, commands }: BackboneParts): AudioWriters {
  const writers = new Set<ReconnectingAudioWriter>();
  let toldAtMs = -TELL_REFUSED_EVERY_MS;

  const tellRefused = (error: SttError) => {
    if (performance.now() - toldAtMs < TELL_REFUSED_EVERY_MS) return;
    toldAtMs = performance.now();
    settings.onEvent({ type: 'storage_refused', reason: error.message });
  };

  commands.onReady(() => {
    for (const writer of writers) writer.reconnected();
  });

  return {
    open({ sessionId, connection = 1 }, start, listener) {
      const writer = createAudioWriter(
        {
          connection: commands,
          sessionKey: keys.session(sessionId),
          audioKey: keys.audio(sessionId),
          clientConnection: connection,
          start,
          windowBytes: settings.writeWindowBytes,
          backlogCapSamples: settings.backlogCapSamples,
          onRefused: tellRefused,
        },
        {
          onStored: (position) => listener.onStored(position),
          onPressure: (isUnderPressure) => listener.onPressure(isUnderPressure),
          onLost(error) {
            writers.delete(writer);
            listener.onLost(error);
          },
        },
      );
      writers.add(writer);
      return {
        append: (chunk) => writer.append(chunk),
        mark: (control) => writer.mark(control),
        drained: () => writer.drained(),
        close() {
          writers.delete(writer);
          writer.close();
        },
      };
    },
    async flush() {
      let timer: NodeJS.Timeout | undefined;
      const tooLate = new Promise((resolve) => (timer = setTimeout(resolve, FLUSH_WITHIN_MS)));
      await Promise.race([Promise.allSettled([...writers].map((writer) => writer.drained())), tooLate]);
      clearTimeout(timer);
      for (const writer of writers) writer.close();
    },
  };
}

import type { RecognizerStream, StreamingRecognizer, WindowedRecognizer } from '@verbatim/recognizers';

/** Begins to watch a call; what it returns is to be called when the call is over. */
export type StartWatch = () => () => void;

/** The calls of one session to a windowed recogniser, watched. */
export function watchedDecodes(recognizer: WindowedRecognizer, startWatch: StartWatch): WindowedRecognizer {
  return {
    name: recognizer.name,
    get capabilities() {
      return recognizer.capabilities;
    },
    decode: (request) => recognizer.decode(request).finally(startWatch()),
    close: () => recognizer.close(),
  };
}

/**
 * The calls of one session to a streaming recogniser, of which only the wait for a stream's last words is watched: a piece is taken at once, and
 * how long a recogniser may keep silent while it is fed only that recogniser knows.
 */
export function watchedStreams(recognizer: StreamingRecognizer, startWatch: StartWatch): StreamingRecognizer {
  return {
    name: recognizer.name,
    get capabilities() {
      return recognizer.capabilities;
    },
    openStream: (asked) => watchedStream(recognizer.openStream(asked), startWatch),
    close: () => recognizer.close(),
  };
}

function watchedStream(stream: RecognizerStream, startWatch: StartWatch): RecognizerStream {
  return {
    feed: (samples) => stream.feed(samples),
    finish: () => stream.finish().finally(startWatch()),
    abort: () => stream.abort(),
  };
}

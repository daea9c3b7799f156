import type { Recognizer, StreamingRecognizer, WindowedRecognizer } from '@verbatim/recognizers';

/** What stands around the calls of a recogniser; of the two only the one of its kind is used. */
export interface CallWrapping {
  readonly decode: (
    recognizer: WindowedRecognizer,
    ...asked: Parameters<WindowedRecognizer['decode']>
  ) => ReturnType<WindowedRecognizer['decode']>;
  readonly openStream: (
    recognizer: StreamingRecognizer,
    ...asked: Parameters<StreamingRecognizer['openStream']>
  ) => ReturnType<StreamingRecognizer['openStream']>;
}

/** The same recogniser with something around its calls. What it can do is read anew each time: some learn it from their answers. */
export function wrapRecognizer(recognizer: Recognizer, { decode, openStream }: CallWrapping): Recognizer {
  const { name } = recognizer;
  const close = (): Promise<void> => recognizer.close();
  if ('decode' in recognizer) {
    return {
      name,
      get capabilities() {
        return recognizer.capabilities;
      },
      decode: (request) => decode(recognizer, request),
      close,
    };
  }
  return {
    name,
    get capabilities() {
      return recognizer.capabilities;
    },
    openStream: (asked) => openStream(recognizer, asked),
    close,
  };
}

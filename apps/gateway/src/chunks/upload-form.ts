import { AUDIO_PART, parseChunkForm, SttError, type ChunkForm } from '@verbatim/protocol';
import type { Request, RequestHandler, Response } from 'express';
import multer from 'multer';
import { audioMissing, notMultipart, uploadTooBig } from './errors.ts';
import { NO_BYTES, UploadBuffer, type UploadedBytes } from './upload-buffer.ts';

/** What a request of `POST /stt/stream-chunk` carried. */
export interface ReceivedUpload {
  readonly form: ChunkForm;
  readonly bytes: UploadedBytes;
}

/** There are sixteen fields that mean something; whoever sends more made a mistake that deserves its sentence. */
const MOST_FIELDS = 20;
const MOST_FIELD_NAME_BYTES = 100;

/** The longest value that can be right is a session id of 36 bytes. */
const MOST_FIELD_BYTES = 1024;
const MOST_HEADER_PAIRS = 20;

type StoredFile = Express.Multer.File & { readonly uploaded: UploadedBytes };

/** Keeps the audio in memory in pieces, hashed as it arrives; nothing is ever written to a disk. */
const STORAGE: multer.StorageEngine = {
  _handleFile(_request, file, done) {
    const buffer = new UploadBuffer();
    file.stream.on('data', (bytes: Buffer) => buffer.push(bytes));
    file.stream.once('end', () => {
      const uploaded = buffer.finish();
      done(null, { size: uploaded.sizeBytes, uploaded } as Partial<StoredFile>);
    });
  },
  _removeFile(_request, file, done) {
    delete (file as Partial<StoredFile> & { uploaded?: UploadedBytes }).uploaded;
    done(null);
  },
};

/**
 * Reads multipart bodies, in bounded memory.
 * @param maxUploadBytes of the audio part
 */
export function createUploadReader(maxUploadBytes: number) {
  const middleware: RequestHandler = multer({
    storage: STORAGE,
    limits: {
      ...{ files: 1, fields: MOST_FIELDS, parts: MOST_FIELDS + 1, headerPairs: MOST_HEADER_PAIRS },
      ...{ fileSize: maxUploadBytes, fieldSize: MOST_FIELD_BYTES, fieldNameSize: MOST_FIELD_NAME_BYTES },
      fieldNestingDepth: 0,
    },
  }).single(AUDIO_PART);

  /** @throws SttError `bad_request`, `message_too_big`, saying which part is wrong */
  return async (request: Request, response: Response): Promise<ReceivedUpload> => {
    if (request.is('multipart/form-data') === false) throw notMultipart();
    await new Promise<void>((resolve, reject) => {
      middleware(request, response, (thrown?: unknown) => {
        if (thrown === undefined) resolve();
        else reject(toFormError(thrown, maxUploadBytes));
      });
    });
    const body = request.body as Readonly<Record<string, unknown>> | undefined;
    // It passes over a request without a body, and over a type that it cannot read.
    if (body === undefined) throw notMultipart();
    const form = parseChunkForm(singleValues(body));
    const bytes = (request.file as StoredFile | undefined)?.uploaded ?? NO_BYTES;
    const mayBeEmpty = form.isFinal && form.sessionId !== undefined;
    if (bytes.sizeBytes === 0 && !mayBeEmpty) throw audioMissing();
    return { form, bytes };
  };
}

/** A name that comes twice is a list by now. */
function singleValues(body: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const values: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [name, value] of Object.entries(body)) {
    if (typeof value !== 'string') throw notOnce(name);
    values[name] = value;
  }
  return values;
}

function notOnce(name: string): SttError {
  return new SttError('bad_request', `Field ${name} is given more than once; give it once.`, { field: name });
}

/** What the form is refused for, by multer's codes. */
const REFUSALS: Readonly<Record<string, string>> = {
  LIMIT_PART_COUNT: `the form has more than ${MOST_FIELDS + 1} parts`,
  LIMIT_FILE_COUNT: 'the form has more than one file',
  LIMIT_FIELD_COUNT: `the form has more than ${MOST_FIELDS} fields`,
  LIMIT_FIELD_KEY: `the name of a field is longer than ${MOST_FIELD_NAME_BYTES} bytes`,
  LIMIT_FIELD_VALUE: `a field is longer than ${MOST_FIELD_BYTES} bytes`,
  LIMIT_FIELD_NESTING: 'the name of a field has brackets',
  LIMIT_UNEXPECTED_FILE: `only the part ${AUDIO_PART} may be a file`,
  MISSING_FIELD_NAME: 'a part has no name',
  INVALID_FIELD_NAME: 'the name of a field is not valid',
};

const ADVICE = `send one file part ${AUDIO_PART} and plain text fields`;

/** What multer and the parser below it throw; the parser's own sentences are for its developers. */
function toFormError(thrown: unknown, maxUploadBytes: number): SttError {
  if (!(thrown instanceof multer.MulterError))
    return new SttError(
      'bad_request',
      'The multipart body is malformed or breaks off: check its boundary and its end.',
      {
        cause: thrown,
      },
    );
  if (thrown.code === 'LIMIT_FILE_SIZE') return uploadTooBig(maxUploadBytes);
  return new SttError(
    'bad_request',
    `The upload is refused: ${REFUSALS[thrown.code] ?? 'it is malformed'}; ${ADVICE}.`,
  );
}

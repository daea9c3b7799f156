import { Metadata, status } from '@grpc/grpc-js';
import { fromJSON, type MessageTypeDefinition } from '@grpc/proto-loader';

/** How a call ends other than well, as grpc-js wants it. */
export interface CallStatus {
  readonly code: number;
  readonly details: string;
  readonly metadata?: Metadata;
}

export type ApiVersion = 'v1' | 'v2';

/** Google's own sentences, as they are seen on its wire. */
export function streamTooLong(version: ApiVersion, limitSeconds: number): CallStatus {
  return version === 'v1'
    ? { code: status.OUT_OF_RANGE, details: `Exceeded maximum allowed stream duration of ${limitSeconds} seconds.` }
    : { code: status.ABORTED, details: 'Max duration of 5 minutes reached for stream.' };
}

export function audioMissing(version: ApiVersion): CallStatus {
  return version === 'v1'
    ? {
        code: status.OUT_OF_RANGE,
        details: 'Audio Timeout Error: Long duration elapsed without audio. Audio should be sent close to real time.',
      }
    : { code: status.ABORTED, details: 'Stream timed out after receiving no more client requests.' };
}

export function invalidArgument(details: string): CallStatus {
  return { code: status.INVALID_ARGUMENT, details };
}

/** Google's mapping of HTTP statuses to gRPC codes (google/rpc/code.proto). */
const CODE_BY_HTTP_STATUS: Readonly<Record<number, { readonly code: status; readonly details: string }>> = {
  400: { code: status.INVALID_ARGUMENT, details: 'Invalid audio.' },
  401: {
    code: status.UNAUTHENTICATED,
    details: 'Request had invalid authentication credentials. Expected OAuth 2 access token.',
  },
  403: { code: status.PERMISSION_DENIED, details: "Permission 'speech.recognizers.recognize' denied on resource." },
  404: { code: status.NOT_FOUND, details: 'Unable to find Recognizer.' },
  409: { code: status.ABORTED, details: 'The operation was aborted.' },
  429: {
    code: status.RESOURCE_EXHAUSTED,
    details: "Quota exceeded for quota metric 'Streaming requests' and limit 'Streaming requests per minute'.",
  },
  499: { code: status.CANCELLED, details: 'The operation was cancelled.' },
  500: { code: status.INTERNAL, details: 'Internal error encountered.' },
  501: { code: status.UNIMPLEMENTED, details: 'Operation is not implemented, or supported, or enabled.' },
  503: { code: status.UNAVAILABLE, details: 'The service is currently unavailable.' },
  504: { code: status.DEADLINE_EXCEEDED, details: 'Deadline exceeded.' },
};

/** Google's refusal for an HTTP status; one that Google does not map is UNKNOWN. */
export function refusal(httpStatus: number, retryAfterMs: number | undefined): CallStatus {
  const found = CODE_BY_HTTP_STATUS[httpStatus] ?? { code: status.UNKNOWN, details: `HTTP status ${httpStatus}.` };
  return retryAfterMs === undefined ? found : { ...found, metadata: retryInfo(found, retryAfterMs) };
}

/** The four messages of `google.rpc` that carry a delay, by their field numbers. */
const STATUS_TYPES = fromJSON(
  {
    nested: {
      Any: { fields: { typeUrl: { type: 'string', id: 1 }, value: { type: 'bytes', id: 2 } } },
      Status: {
        fields: {
          code: { type: 'int32', id: 1 },
          message: { type: 'string', id: 2 },
          details: { rule: 'repeated', type: 'Any', id: 3 },
        },
      },
      Duration: { fields: { seconds: { type: 'int64', id: 1 }, nanos: { type: 'int32', id: 2 } } },
      RetryInfo: { fields: { retryDelay: { type: 'Duration', id: 1 } } },
    },
  },
  {},
);
const MS_PER_SECOND = 1000;
const NANOS_PER_MS = 1e6;

/** `google.rpc.RetryInfo` inside `google.rpc.Status` inside a trailer: how Google says when to come back. */
function retryInfo({ code, details }: { code: number; details: string }, retryAfterMs: number): Metadata {
  const delay = {
    seconds: Math.floor(retryAfterMs / MS_PER_SECOND),
    nanos: (retryAfterMs % MS_PER_SECOND) * NANOS_PER_MS,
  };
  const value = encoded('RetryInfo', { retryDelay: delay });
  const detail = { typeUrl: 'type.googleapis.com/google.rpc.RetryInfo', value };
  const metadata = new Metadata();
  metadata.set('grpc-status-details-bin', encoded('Status', { code, message: details, details: [detail] }));
  return metadata;
}

function encoded(typeName: string, fields: object): Buffer {
  return (STATUS_TYPES[typeName] as MessageTypeDefinition<object, object>).serialize(fields);
}

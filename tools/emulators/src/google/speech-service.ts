import { createRequire } from 'node:module';
import type { ServiceDefinition } from '@grpc/grpc-js';
import { fromJSON, type MethodDefinition } from '@grpc/proto-loader';
import type { ApiVersion } from './google-status.ts';

const PROTOS = '@google-cloud/speech/build/protos/protos.json';

/**
 * The Speech service of one version, from the descriptions that Google's own client carries. A response that is a `Buffer` already goes
 * out as it is, so that an answer can be something that is no answer.
 */
export function loadSpeechService(version: ApiVersion): ServiceDefinition {
  const protos = createRequire(import.meta.url)(PROTOS) as object;
  const definitions = fromJSON(protos, { longs: String, enums: String, defaults: true, oneofs: true });
  const service = definitions[`google.cloud.speech.${version}.Speech`] as unknown as Record<string, SpeechMethod>;
  const method = service['StreamingRecognize'];
  if (!method) throw new Error(`Google's client describes no StreamingRecognize in ${version}.`);
  const serialize = (value: object): Buffer => (Buffer.isBuffer(value) ? value : method.responseSerialize(value));
  return { StreamingRecognize: { ...method, responseSerialize: serialize } };
}

type SpeechMethod = MethodDefinition<object, object>;

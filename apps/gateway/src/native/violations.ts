const VIOLATION_CODES: Readonly<Record<string, number>> = {
  WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: 1009,
  WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH: 1009,
  WS_ERR_TOO_MANY_BUFFERED_PARTS: 1008,
  WS_ERR_INVALID_UTF8: 1007,
};
const PROTOCOL_ERROR_CODE = 1002;
const ABNORMAL_CODE = 1006;

/** What ws closed the connection with, from the error it reports; for the log and the counters. */
export function violationOf(error: Error & { code?: string }): { readonly code: number; readonly reason: string } {
  const slug = error.code ?? 'socket_error';
  const code = VIOLATION_CODES[slug] ?? (slug.startsWith('WS_ERR') ? PROTOCOL_ERROR_CODE : ABNORMAL_CODE);
  return { code, reason: slug };
}

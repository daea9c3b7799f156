import { ERROR_TABLE, type ErrorTableEntry } from '../errors/error-table.ts';
import type { JsonObject } from './json-schema.ts';

/** Version of the wire protocol, in the head of both documents. Its first number changes when a client must change. */
export const PROTOCOL_VERSION = '1.0.0';

/** What the first two digits of a close code tell a client to do. */
const ADVICE: Readonly<Record<ErrorTableEntry['action'], string>> = {
  stop: 'do not retry',
  back_off: 'back off, then retry or resume',
  reconnect: 'reconnect now and resume',
};

/** The error table as JSON, for the `x-error-table` extension of both documents. */
export function errorTableRows(): JsonObject[] {
  return Object.entries(ERROR_TABLE).map(([code, row]) => ({
    code,
    http_status: row.httpStatus,
    close_code: row.closeCode,
    client: ADVICE[row.action],
    meaning: row.meaning,
  }));
}

import { SttError } from '@verbatim/protocol';

/** Why a gateway could not start: one sentence for the person at the terminal, one code for the supervisor. */
export interface StartFailure {
  readonly sentence: string;
  readonly exitCode: number;
}

/** Codes of sysexits.h; README lists them. */
export const EXIT_CODES = {
  /** A defect. */
  defect: 1,
  /** EX_UNAVAILABLE: Redis is not there. */
  redisUnavailable: 69,
  /** EX_OSERR: the port cannot be had. */
  portUnavailable: 71,
} as const;

interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** Puts what went wrong at the start into words; `undefined` for a defect, which deserves its stack in the log. */
export function describeStartFailure(thrown: unknown, { host, port }: ListenAddress): StartFailure | undefined {
  if (thrown instanceof SttError && thrown.code === 'storage_unavailable') {
    return { sentence: `${thrown.message} REDIS_URL says where it is.`, exitCode: EXIT_CODES.redisUnavailable };
  }
  const sentence = LISTEN_FAILURES[codeOf(thrown)]?.(port, host);
  return sentence === undefined ? undefined : { sentence, exitCode: EXIT_CODES.portUnavailable };
}

const LISTEN_FAILURES: Readonly<Record<string, (port: number, host: string) => string>> = {
  EADDRINUSE: (port) =>
    `Port ${port} is taken by another process: stop that one, or set PORT to a free port (0 takes any).`,
  EACCES: (port) => `Port ${port} needs more rights than this process has: set PORT to 1024 or higher.`,
  EADDRNOTAVAIL: (_port, host) => `HOST ${host} is no address of this machine: set HOST to 0.0.0.0 or 127.0.0.1.`,
  ENOTFOUND: (_port, host) => `HOST ${host} is not known: set HOST to an address of this machine, such as 127.0.0.1.`,
};

function codeOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
}

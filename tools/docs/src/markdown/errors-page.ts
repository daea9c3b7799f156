import { ERROR_TABLE, type ClientAction, type ErrorTableEntry } from '@verbatim/protocol';
import { code, pageHead, table } from './table.ts';

const SECTIONS: readonly { readonly action: ClientAction; readonly title: string; readonly advice: string }[] = [
  {
    action: 'stop',
    title: '40xx: stop',
    advice:
      'The same request will fail again. Change what the sentence names, or start a new session where it says so.',
  },
  {
    action: 'back_off',
    title: '41xx: back off',
    advice:
      'Wait `max(retry_after_ms, min(30 s, 0.5 s · 2^n) · random(0.5…1))`, n = tries so far, then resume, or start where there is ' +
      'nothing to resume. Begin at n = 0 again after 30 s without trouble.',
  },
  {
    action: 'reconnect',
    title: '42xx: reconnect now and resume',
    advice:
      'Wait `random(0…2 s)` so that a whole replica does not come back at once, then resume; from the second try as 41xx.',
  },
];

/** Builds `docs/errors.md` from the one error table. */
export function errorsPage(): string {
  const rows = Object.entries<ErrorTableEntry>(ERROR_TABLE);
  const sections = SECTIONS.map(({ action, title, advice }) => {
    const lines = rows
      .filter(([, row]) => row.action === action)
      .sort(([, one], [, other]) => one.closeCode - other.closeCode)
      .map(([slug, row]) => [code(slug), String(row.closeCode), String(row.httpStatus), row.meaning]);
    return `## ${title}\n\n${advice}\n\n${table(['code', 'close code', 'HTTP status', 'meaning'], lines)}\n`;
  });
  return `${pageHead('Errors', 'libs/protocol/src/errors/error-table.ts')}
Every error a client can see. Over WebSocket an \`error\` message comes first, then the connection closes with the close
code; the first two digits of the number alone say what to do. Over HTTP the same \`code\` is in the body, and
\`Retry-After\` where it says back off. 1000 is success; 1002, 1007 and 1009 may also come from the WebSocket layer itself:
fix the client. 1006 is a connection that broke: as 42xx.

${sections.join('\n')}`;
}

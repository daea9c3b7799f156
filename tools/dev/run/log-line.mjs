const LEVELS = { 10: 'trace', 20: 'debug', 30: 'info', 40: 'warn', 50: 'error', 60: 'fatal' };
const COLOURS = { warn: '\x1b[33m', error: '\x1b[31m', fatal: '\x1b[31m' };
const RESET = '\x1b[0m';
/** Said by the prefix, by the order of lines, or of no use to a person who watches. */
const LEFT_OUT = new Set(['level', 'time', 'msg', 'pid', 'hostname', 'service', 'name', 'version', 'event', 'v']);
const NAME_WIDTH = 12;
const SHOWN_FIELDS = 8;
const SHOWN_VALUE_CHARS = 80;

/**
 * One line for people out of one line of a child: pino's JSON becomes level, message and key fields; anything else stays.
 * @param {string} name the child
 * @param {string} line
 * @param {{ isColoured: boolean }} options
 */
export function formatLogLine(name, line, { isColoured }) {
  const prefix = `${name.padEnd(NAME_WIDTH)}│ `;
  const record = parseRecord(line);
  if (record === undefined) return prefix + withoutControls(line);
  const level = LEVELS[record.level] ?? String(record.level ?? 'info');
  const message = String(record.msg ?? record.event ?? '');
  const text = [level.padEnd(5), withoutControls(message), ...fields(record)].join(' ').trimEnd();
  const colour = isColoured ? COLOURS[level] : undefined;
  return prefix + (colour === undefined ? text : colour + text + RESET);
}

/** @returns {Record<string, unknown> | undefined} */
export function parseRecord(line) {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function fields(record) {
  return Object.entries(record)
    .filter(([key, value]) => !LEFT_OUT.has(key) && value !== null && value !== undefined && value !== '')
    .slice(0, SHOWN_FIELDS)
    .map(([key, value]) => `${key}=${shown(value)}`);
}

function shown(value) {
  const text = typeof value === 'object' ? (value.message ?? JSON.stringify(value)) : String(value);
  const short = text.length > SHOWN_VALUE_CHARS ? `${text.slice(0, SHOWN_VALUE_CHARS)}…` : text;
  return /\s/.test(short) ? JSON.stringify(short) : withoutControls(short);
}

/** A log line must not move the cursor or change colours. */
function withoutControls(text) {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '');
}

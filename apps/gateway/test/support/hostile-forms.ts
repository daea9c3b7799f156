import { createRandom, type SeededRandom } from '@verbatim/testing';

/** A body that claims to be a form. */
export interface HostileForm {
  readonly contentType: string;
  readonly body: Buffer;
}

const BOUNDARY = 'x-boundary';

const RIGHT_NAMES = ['language', 'sample_rate', 'session_id', 'chunk_index', 'provider', 'encoding', 'is_final_chunk'];

const WRONG_NAMES = [
  ...[
    '',
    'audio_chunk',
    '__proto__',
    'constructor',
    'a[b][c]',
    `a${'[b]'.repeat(5000)}`,
    'n'.repeat(10_000),
    'name\0',
    '\u202ename',
  ],
];

const FILENAMES = [
  ...['a.wav', '', '../../x', '..%2f..%2fetc%2fpasswd', 'x\0.wav', 'a'.repeat(10_000), '\u202evaw.exe', 'C:\\x'],
  ...['a"; name="language', "''%00", '/dev/null', '.'],
];

const VALUES = [
  'en',
  '0',
  '8000',
  'true',
  'opus',
  'container',
  '',
  'en',
  '0',
  '-1',
  '1e309',
  'NaN',
  'true',
  '{}',
  'e'.repeat(2000),
  '\0',
  '\r\n',
  's00-',
  '\ud800',
];

const RIGHT_TYPE = `multipart/form-data; boundary=${BOUNDARY}`;

const WRONG_TYPES = [
  `Multipart/Form-Data; charset=utf-16; boundary="${BOUNDARY}"`,
  'multipart/form-data',
  'multipart/form-data; boundary=',
  `multipart/form-data; boundary=${'b'.repeat(300)}`,
  `multipart/mixed; boundary=${BOUNDARY}`,
  'application/x-www-form-urlencoded',
  'application/json',
];

const MOST_PARTS = 30;
const MOST_HEADERS = 40;
const MOST_CONTENT_BYTES = 20_000;

/** Puts a form together of what no form should have; the same seed makes the same one. */
export function hostileForm(seed: number): HostileForm {
  const random = createRandom(seed);
  const lineEnd = random.integer(0, 9) === 0 ? '\n' : '\r\n';
  // Whatever is taken after all is answered at once.
  const pieces: Buffer[] = [Buffer.from(field('wait_ms', '0', lineEnd))];
  for (let left = oneIn(4, random) ? random.integer(0, MOST_PARTS) : random.integer(1, 3); left > 0; left -= 1)
    pieces.push(part(random, lineEnd));
  if (!oneIn(5, random)) pieces.push(Buffer.from(`--${BOUNDARY}--${lineEnd}`));
  if (oneIn(6, random)) pieces.push(Buffer.from(random.bytes(random.integer(1, MOST_CONTENT_BYTES))));
  const whole = Buffer.concat(pieces);
  const body = oneIn(6, random) ? whole.subarray(0, random.integer(0, whole.length)) : whole;
  return { contentType: oneIn(4, random) ? pick(WRONG_TYPES, random) : RIGHT_TYPE, body };
}

function part(random: SeededRandom, lineEnd: string): Buffer {
  const isFile = random.next() < 0.5;
  const rightName = isFile ? 'audio_chunk' : pick(RIGHT_NAMES, random);
  const name = oneIn(4, random) ? pick(WRONG_NAMES, random) : rightName;
  const filename = isFile ? `; filename="${pick(FILENAMES, random)}"` : '';
  const lines = [`--${BOUNDARY}`];
  if (!oneIn(12, random)) lines.push(`content-disposition: form-data; name="${name}"${filename}`);
  if (oneIn(3, random))
    lines.push(`content-type: ${pick(['audio/wav', 'text/html', ';;;', 'multipart/mixed'], random)}`);
  if (oneIn(6, random)) lines.push('content-transfer-encoding: base64');
  if (oneIn(8, random)) for (let n = random.integer(1, MOST_HEADERS); n > 0; n -= 1) lines.push(`x-${n}: ${n}`);
  const head = Buffer.from(`${lines.join(lineEnd)}${lineEnd}${lineEnd}`);
  const content = isFile ? random.bytes(random.integer(0, MOST_CONTENT_BYTES)) : Buffer.from(pick(VALUES, random));
  return Buffer.concat([head, content, Buffer.from(lineEnd)]);
}

function field(name: string, value: string, lineEnd: string): string {
  return [`--${BOUNDARY}`, `content-disposition: form-data; name="${name}"`, '', value, ''].join(lineEnd);
}

function oneIn(chances: number, random: SeededRandom): boolean {
  return random.integer(1, chances) === 1;
}

function pick<Item>(items: readonly Item[], random: SeededRandom): Item {
  const item = items[random.integer(0, items.length - 1)];
  if (item === undefined) throw new Error('there is nothing to pick from');
  return item;
}

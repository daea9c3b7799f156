import { connect } from 'node:net';

/** One question to a server on the same machine. */
const ANSWER_WITHIN_MS = 2000;

/** What Redis answered: text, a list, or nothing. */
export type RedisAnswer = string | null | readonly RedisAnswer[];

/**
 * Asks a Redis or a Sentinel on this machine one thing, over a connection of its own and without a client library.
 * @throws Error with what Redis said when it refuses, or when it does not answer within two seconds
 */
export async function askRedis(port: number, ...words: readonly (string | number)[]): Promise<RedisAnswer> {
  const answer = await exchange(port, words);
  if (answer instanceof Error) throw new Error(`${words.slice(0, 2).join(' ')}: ${answer.message}`);
  return answer;
}

/** The same, for an answer that is text. @throws Error also when it is something else */
export async function askRedisText(port: number, ...words: readonly (string | number)[]): Promise<string> {
  const answer = await askRedis(port, ...words);
  if (typeof answer !== 'string') throw new Error(`${words[0]} was answered by ${JSON.stringify(answer)}`);
  return answer;
}

function exchange(port: number, words: readonly (string | number)[]): Promise<RedisAnswer | Error> {
  return new Promise((resolve, reject) => {
    let received = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(encode(words)));
    // one character for each byte, as lengths are counted in bytes
    socket.setEncoding('latin1');
    socket.setTimeout(ANSWER_WITHIN_MS, () => socket.destroy(new Error(`Redis at port ${port} did not answer`)));
    socket.once('error', reject);
    socket.once('close', () => reject(new Error(`Redis at port ${port} closed the connection unasked`)));
    socket.on('data', (data: string) => {
      received += data;
      const read = readAnswer(received);
      if (read === undefined) return;
      resolve(read.answer);
      socket.destroy();
    });
  });
}

function encode(words: readonly (string | number)[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(String(word))}\r\n${word}\r\n`).join('')}`;
}

interface ReadAnswer {
  readonly answer: RedisAnswer | Error;
  /** What stands behind it. */
  readonly rest: string;
}

/** Reads one answer (RESP2); `undefined` while it is not all there. */
function readAnswer(text: string): ReadAnswer | undefined {
  const end = text.indexOf('\r\n');
  if (end < 0) return undefined;
  const [type, head, rest] = [text[0], text.slice(1, end), text.slice(end + 2)];
  if (type === '-') return { answer: new Error(head), rest };
  if (type === '*') return readList(Number(head), rest);
  if (type !== '$') return { answer: head, rest };
  const bytes = Number(head);
  if (bytes < 0) return { answer: null, rest };
  return rest.length < bytes + 2 ? undefined : { answer: rest.slice(0, bytes), rest: rest.slice(bytes + 2) };
}

function readList(count: number, text: string): ReadAnswer | undefined {
  let rest = text;
  const answers: RedisAnswer[] = [];
  for (let index = 0; index < count; index += 1) {
    const read = readAnswer(rest);
    if (read === undefined) return undefined;
    if (read.answer instanceof Error) return read;
    answers.push(read.answer);
    rest = read.rest;
  }
  return { answer: answers, rest };
}

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  createWhisperRecognizer,
  RecognizerError,
  type RecognizerFailure,
  type WhisperOptions,
} from '@verbatim/recognizers';
import { eventually } from '@verbatim/testing';
import { ledger } from './spoken.ts';

const { speech: samples } = ledger(7, 10);

/** Answers one request; gets the text fields of its form. */
type Answerer = (response: ServerResponse, form: string) => void;

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A server that answers its requests by turns, the last answerer all the rest, and the recogniser that asks it. */
async function openOdd(answerers: readonly Answerer[], options: WhisperOptions = {}) {
  const forms: string[] = [];
  const server = createServer((request, response) => {
    void textOf(request).then((form) => {
      const answer = answerers[Math.min(forms.length, answerers.length - 1)];
      forms.push(form);
      answer?.(response, form);
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  const recognizer = await createWhisperRecognizer({ baseUrl, timeoutMs: 3_000, ...options });
  const decode = (precedingText = '', language = 'en') => recognizer.decode({ samples, language, precedingText });
  return { recognizer, decode, forms };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('latin1');
}

function json(body: unknown): Answerer {
  return (response) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function events(
  parts: readonly object[],
  then: (response: ServerResponse) => void = (response) => response.end(),
): Answerer {
  return (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(parts.map((part) => `data: ${JSON.stringify(part)}\n\n`).join(''), () => then(response));
  };
}

function segment(text: string, doubts: object = {}): object {
  return { text, start: 0, end: 1, avg_logprob: -0.1, no_speech_prob: 0.01, compression_ratio: 1.2, ...doubts };
}

const delta = (text: string): object => ({ type: 'transcript.text.delta', delta: text });

async function failureOf(decoding: Promise<unknown>): Promise<RecognizerFailure | undefined> {
  return decoding.then(
    () => undefined,
    (error: unknown) => (error instanceof RecognizerError ? error.failure : undefined),
  );
}

describe('a stream', () => {
  const model = 'gpt-4o-transcribe';

  it.each<[what: string, answer: Answerer, failure: RecognizerFailure]>([
    ['holds an error', events([delta('Good'), { error: { type: 'server_error', message: 'gone' } }]), 'unavailable'],
    ['holds a rate limit', events([{ error: { code: 'rate_limit_exceeded', message: 'slow down' } }]), 'rate_limited'],
    ['ends before its end', events([delta('Good')]), 'unavailable'],
    ['holds no event', events([]), 'unavailable'],
    ['holds something else', events([{ kind: 'news' }]), 'unavailable'],
    ['falls silent', events([delta('Good')], () => undefined), 'timeout'],
  ])('that %s is a failure', async (_, answer, failure) => {
    const { decode } = await openOdd([answer], { model, betweenDeltasMs: 200 });
    expect(await failureOf(decode())).toBe(failure);
  });

  it('that never ends is given up in time', async () => {
    const drip = events([delta('la')], (response) => {
      const timer = setInterval(() => response.write(`data: ${JSON.stringify(delta(' la'))}\n\n`), 20);
      response.on('close', () => clearInterval(timer));
    });
    const { decode } = await openOdd([drip], { model, timeoutMs: 300, betweenDeltasMs: 200 });
    expect(await failureOf(decode())).toBe('timeout');
  });

  it('may come in one piece from a server that knows none', async () => {
    const { decode } = await openOdd([json({ text: 'Good day.', languages: ['en'] })], { model });
    expect(await decode('', 'auto')).toMatchObject({ text: 'Good day.', language: 'en' });
  });

  it('that names no language leaves it open', async () => {
    const done = { type: 'transcript.text.done', text: 'Good day.' };
    const { decode } = await openOdd([events([delta('Good day.'), done])], { model });
    expect(await decode('', 'auto')).toMatchObject({ text: 'Good day.', language: 'und' });
  });
});

describe('an answer', () => {
  it.each<[what: string, answer: Answerer]>([
    ['is text', (response) => response.writeHead(200, { 'content-type': 'text/plain' }).end('Good day.')],
    ['is a page', (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Log in</html>')],
    ['is other JSON', json({ transcript: 'Good day.' })],
    ['is nothing', (response) => response.writeHead(204).end()],
  ])('that %s is a failure of the server', async (_, answer) => {
    const { decode } = await openOdd([answer]);
    expect(await failureOf(decode())).toBe('unavailable');
  });

  it('that stops half-way without a word is given up in time', async () => {
    const stall: Answerer = (response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' }).write('{"text"');
    };
    const { decode } = await openOdd([stall], { timeoutMs: 200 });
    expect(await failureOf(decode())).toBe('timeout');
  });

  it('without words takes the promise of words back', async () => {
    const { decode, recognizer } = await openOdd([json({ text: 'Good day.', language: 'en' })]);
    expect(recognizer.capabilities.hasWordTimes).toBe(true);
    expect(await decode()).toMatchObject({ text: 'Good day.', confidence: null });
    expect(recognizer.capabilities.hasWordTimes).toBe(false);
  });

  it('may keep its words in its segments', async () => {
    const words = [
      { word: ' Good', start: 0, end: 0.4, probability: 0.9 },
      { word: ' day.', start: 0.4, end: 0.9, probability: 0.8 },
    ];
    const { decode } = await openOdd([json({ text: 'Good day.', segments: [segment(' Good day.', { words })] })]);
    expect((await decode()).words).toEqual([
      { word: 'Good', startSample: 0, endSample: 6_400, confidence: 0.9 },
      { word: 'day.', startSample: 6_400, endSample: 14_400, confidence: 0.8 },
    ]);
  });
});

describe('a server that complains without naming a field', () => {
  const unprocessable: Answerer = (response) =>
    response.writeHead(422, { 'content-type': 'application/json' }).end('{"detail":[{"loc":["body","include"]}]}');

  it('is asked for the bare text, and from then on', async () => {
    const { decode, forms } = await openOdd([unprocessable, json({ text: 'Good day.' })]);
    expect((await decode()).text).toBe('Good day.');
    expect((await decode()).text).toBe('Good day.');
    expect(forms.map((form) => form.includes('verbose_json'))).toEqual([true, false, false]);
  });

  it('and refuses that too, has another reason, and is asked for everything again', async () => {
    const { decode, forms } = await openOdd([unprocessable, unprocessable, json({ text: '' })]);
    expect(await failureOf(decode())).toBe('bad_request');
    await decode();
    expect(forms.map((form) => form.includes('verbose_json'))).toEqual([true, false, true]);
  });
});

describe('what the model makes up', () => {
  const prompt = 'The meeting is over.';

  it('over silence is left out', async () => {
    const doubts = { no_speech_prob: 0.9, avg_logprob: -1.5 };
    const { decode } = await openOdd([json({ text: 'Thanks.', segments: [segment(' Thanks.', doubts)] })]);
    expect((await decode()).text).toBe('');
  });

  it('from the prompt is left out where the model hears little', async () => {
    const { decode, forms } = await openOdd([
      json({ text: prompt, segments: [segment(prompt, { no_speech_prob: 0.5 })] }),
    ]);
    expect((await decode(`Well. ${prompt}`)).text).toBe('');
    expect((await decode()).text).toBe(prompt);
    expect(forms.map((form) => form.includes('name="prompt"'))).toEqual([true, false]);
  });

  it('in a loop is asked for once more, with more freedom and without the prompt', async () => {
    const loop = json({ text: 'so so so', segments: [segment('so so so', { compression_ratio: 3 })] });
    const sound = json({ text: 'So it is.', segments: [segment('So it is.')] });
    const { decode, forms } = await openOdd([loop, sound]);
    expect((await decode(prompt)).text).toBe('So it is.');
    expect(forms.map((form) => [form.includes('name="prompt"'), /name="temperature"\s+0\.4/.test(form)])).toEqual([
      [true, false],
      [false, true],
    ]);
  });

  it('in a loop is still an answer where the second try fails', async () => {
    const loop = json({ text: 'so so so', segments: [segment('so so so', { compression_ratio: 3 })] });
    const { decode } = await openOdd([loop, (response) => response.writeHead(500).end()]);
    expect((await decode()).text).toBe('so so so');
  });

  it('in a loop that stays is left to the policy, after two requests', async () => {
    const loop = json({ text: 'so so so', segments: [segment('so so so', { compression_ratio: 3 })] });
    const { decode, forms } = await openOdd([loop]);
    expect((await decode()).text).toBe('so so so');
    expect(forms).toHaveLength(2);
  });
});

it('holds no more requests open than it may, and none once it is closed', async () => {
  const open = new Set<ServerResponse>();
  const { recognizer, decode, forms } = await openOdd(
    [
      (response) => {
        open.add(response);
        response.on('close', () => open.delete(response));
      },
    ],
    { concurrency: 2 },
  );
  const decodes = Array.from({ length: 5 }, () => failureOf(decode()));
  await eventually(() => expect(open.size).toBe(2));
  await recognizer.close();
  expect(new Set(await Promise.all(decodes))).toEqual(new Set(['called_off']));
  await eventually(() => expect(open.size).toBe(0));
  expect(forms).toHaveLength(2);
});

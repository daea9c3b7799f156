import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { serverMessageSchema } from '@verbatim/protocol';
import { freePort } from '@verbatim/testing';
import { runCli } from './run-cli.fixture.ts';
import {
  recogniseTwoSentences,
  startGateway,
  type GatewayManners,
  type GatewayScript,
} from './scripted-gateway.fixture.ts';

const SAMPLE = fileURLToPath(new URL('../samples/still-speaking.flac', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'verbatim-test-'));
const half = join(folder, 'half-second.raw');
writeFileSync(half, Buffer.alloc(16_000));

const running: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const gateway of running.splice(0)) await gateway.stop();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function gatewayThat(script: GatewayScript, manners?: GatewayManners): Promise<string> {
  const gateway = await startGateway(script, manners);
  running.push(gateway);
  return gateway.url;
}

const stream = (url: string, ...args: readonly string[]) => runCli(['stream', '--fast', '--url', url, ...args]);

describe('verbatim stream', () => {
  it('prints the finals line by line, the timing on stderr, and ends with 0', async () => {
    const run = stream(await gatewayThat(recogniseTwoSentences), SAMPLE);
    expect(await run.exitCode).toBe(0);
    expect(run.out()).toBe('Hello.\nGood bye.\n');
    expect(run.err()).toMatch(
      /^Timing: connected in \d+ ms; first words .*; 2 finals, .*; 11\.87 s of audio in .* s\.\n$/,
    );
  });

  it('sends every byte of a raw file, as the options describe it', async () => {
    let received: unknown[] = [];
    const url = await gatewayThat((connection) => {
      connection.onAudio(
        (bytes) => (received = [bytes, connection.query.get('encoding'), connection.query.get('sample_rate')]),
      );
      recogniseTwoSentences(connection);
    });
    expect(await stream(url, half, '--encoding', 'mulaw', '--sample-rate', '8000').exitCode).toBe(0);
    expect(received).toEqual([16_000, 'mulaw', '8000']);
  });

  it('streams raw audio from standard input', async () => {
    let receivedBytes = 0;
    const url = await gatewayThat((connection) => {
      connection.onAudio((bytes) => (receivedBytes = bytes));
      recogniseTwoSentences(connection);
    });
    const run = runCli(['stream', '-', '--url', url], { input: [Buffer.alloc(5000), Buffer.alloc(3001)] });
    expect(await run.exitCode).toBe(0);
    expect(receivedBytes).toBe(8001);
  });

  it('prints every message as a line of JSON with --json', async () => {
    const run = stream(await gatewayThat(recogniseTwoSentences), half, '--sample-rate', '16000', '--json');
    expect(await run.exitCode).toBe(0);
    const messages = run
      .out()
      .trimEnd()
      .split('\n')
      .map((line) => serverMessageSchema.parse(JSON.parse(line)));
    expect(messages.map(({ type }) => type)).toEqual([
      'session_started',
      'speech_started',
      'transcription',
      'transcription',
      'transcription',
      'session_ended',
    ]);
  });

  it('saves the whole transcript', async () => {
    const path = join(folder, 'saved.txt');
    expect(await stream(await gatewayThat(recogniseTwoSentences), SAMPLE, '--save', path).exitCode).toBe(0);
    expect(readFileSync(path, 'utf8')).toBe('Hello. Good bye.\n');
  });

  it('says that the transcript cannot be saved', async () => {
    const path = join(folder, 'no', 'such', 'folder.txt');
    const run = stream(await gatewayThat(recogniseTwoSentences), SAMPLE, '--save', path);
    expect(await run.exitCode).toBe(73);
    expect(run.err()).toContain('cannot be saved');
  });
});

describe('verbatim stream over a connection that is lost', () => {
  it('says so, resumes, and ends as if nothing had happened', async () => {
    let receivedBytes = 0;
    const url = await gatewayThat((connection) => {
      if (connection.number === 1) return connection.onAudio(() => connection.cut());
      connection.onAudio((bytes) => (receivedBytes = bytes));
      recogniseTwoSentences(connection);
    });
    const run = stream(url, half, '--sample-rate', '16000');
    expect(await run.exitCode).toBe(0);
    expect(receivedBytes).toBe(16_000);
    expect(run.out()).toBe('Hello.\nGood bye.\n');
    expect(run.err()).toMatch(/^Connection lost, resuming … \(.*\)\nConnection resumed\.\nTiming: .*\n$/);
  });

  it('gives up with 75 and the reason of the last try when the resume window has passed', async () => {
    const url = await gatewayThat((connection) => connection.refuse('provider_unavailable', 'No recogniser.', 4103), {
      resumeWindowS: 1,
    });
    const run = stream(url, SAMPLE);
    expect(await run.exitCode).toBe(75);
    expect(run.err()).toMatch(/verbatim: The connection was lost and could not be resumed.*No recogniser\.\n$/);
  });
});

describe('the exit code of verbatim stream', () => {
  it.each([
    ['overloaded', 4100, 75],
    ['provider_unavailable', 4103, 69],
    ['storage_unavailable', 4104, 75],
    ['internal_error', 4105, 70],
    ['unauthorized', 4001, 77],
  ] as const)('is, when no session is opened for %s (close %i), %i', async (code, closeCode, exitCode) => {
    const url = await gatewayThat((connection) => connection.refuse(code, 'Do this.', closeCode), { greets: false });
    const run = stream(url, SAMPLE);
    expect(await run.exitCode).toBe(exitCode);
    expect(run.err()).toBe('verbatim: Do this.\n');
  });

  it.each([
    ['audio_undecodable', 4009, 65],
    ['session_limit', 4010, 65],
    ['session_replaced', 4011, 70],
    ['resume_unrecoverable', 4014, 75],
  ] as const)('is, when a session is stopped for %s (close %i), %i', async (code, closeCode, exitCode) => {
    const run = stream(await gatewayThat((connection) => connection.refuse(code, 'Do this.', closeCode)), SAMPLE);
    expect(await run.exitCode).toBe(exitCode);
    expect(run.err()).toContain('verbatim: Do this.\n');
  });

  it('is 69 when nobody answers', async () => {
    const run = stream(`ws://127.0.0.1:${await freePort()}`, SAMPLE);
    expect(await run.exitCode).toBe(69);
    expect(run.err()).toMatch(/^verbatim: No gateway answers at .*\n$/);
  });

  it.each([
    [['stream', 'missing.wav'], 66, 'does not exist'],
    [['stream', folder], 66, 'is a folder'],
    [['stream', half], 65, 'accepted are WAV, FLAC, MP3'],
    [['stream', SAMPLE, '--buffer-ms', '1'], 2, 'Option --buffer-ms'],
    [['stream', SAMPLE, '--bufer-ms', '1'], 2, 'Did you mean --buffer-ms?'],
    [['stream', SAMPLE, '--url', 'nowhere'], 2, 'not the address of a gateway'],
    [['stream'], 2, 'missing required argument'],
    [['straem'], 2, 'Did you mean stream?'],
    [[], 2, 'Usage: verbatim'],
  ])('of %j is %i', async (args, exitCode, sentence) => {
    const run = runCli(args);
    expect(await run.exitCode).toBe(exitCode);
    expect(run.err()).toContain(sentence);
    expect(run.err()).not.toMatch(/^\s+at /m);
  });

  it('is 0 for --help', async () => {
    const run = runCli(['stream', '--help']);
    expect(await run.exitCode).toBe(0);
    expect(run.out()).toContain('Usage: verbatim stream');
  });

  it('is 130 after Ctrl-C, which still brings the text of what was sent', async () => {
    let interrupt = () => {};
    const url = await gatewayThat((connection) => {
      connection.onAudio(() => interrupt());
      recogniseTwoSentences(connection);
    });
    const run = runCli(['stream', SAMPLE, '--url', url]);
    interrupt = once(run.interrupt);
    expect(await run.exitCode).toBe(130);
    expect(run.out()).toBe('Hello.\nGood bye.\n');
  });

  it('is 130 at once after a second Ctrl-C, though the gateway never ends the session', async () => {
    let interrupt = () => {};
    const url = await gatewayThat((connection) => {
      connection.onAudio(() => interrupt());
      connection.onEnd(() => interrupt());
    });
    const run = runCli(['stream', SAMPLE, '--url', url]);
    interrupt = run.interrupt;
    expect(await run.exitCode).toBe(130);
  });
});

function once(act: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) act();
    isDone = true;
  };
}

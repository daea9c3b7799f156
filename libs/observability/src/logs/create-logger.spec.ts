import { describe, expect, it } from '@jest/globals';
import { createLogger, type LogLevel } from './create-logger.ts';

const CANARY = 'the rain in spain stays mainly in the plain';

function openLog(level: LogLevel = 'info') {
  const lines: string[] = [];
  const log = createLogger({
    service: 'gateway',
    version: '0.1.0',
    level,
    destination: { write: (line) => void lines.push(line) },
  });
  return { log, lines, last: () => JSON.parse(lines.at(-1) ?? 'null') as Record<string, unknown> };
}

describe('createLogger', () => {
  it('writes one JSON line with UTC time, level as a word, service, version, fields and message', () => {
    const { log, lines, last } = openLog();
    log.info({ event: 'ready', port: 8080 }, 'listening');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^\{.*\}\n$/);
    expect(last()).toEqual({
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      level: 'info',
      service: 'gateway',
      version: '0.1.0',
      event: 'ready',
      port: 8080,
      msg: 'listening',
    });
  });

  it('adds the fields of a child to each of its lines', () => {
    const { log, last } = openLog();
    log.child({ session_id: 's07-1' }).warn({ code: 'slow_consumer' }, 'closing');
    expect(last()).toMatchObject({ level: 'warn', session_id: 's07-1', code: 'slow_consumer' });
    log.child({ session_id: 's07-1' }).child({ request_id: 'req-1' }).info('grandchild');
    expect(last()).toMatchObject({ session_id: 's07-1', request_id: 'req-1' });
  });

  it('is quiet below its level, which may change while running', () => {
    const { log, lines } = openLog('info');
    log.debug('unheard');
    expect(lines).toEqual([]);
    log.level = 'debug';
    log.debug('heard');
    expect(lines).toHaveLength(1);
  });

  it('keeps one line for a text with line ends and escapes in it', () => {
    const { log, lines, last } = openLog();
    log.info({ label: 'x"\n{"level":"fatal"}', ansi: '\u001b[31m' }, 'a\nb');
    expect(lines.join('').trimEnd().split('\n')).toHaveLength(1);
    expect(last()).toMatchObject({ level: 'info', label: 'x"\n{"level":"fatal"}' });
  });

  it('shows an error with type, message, call sites and cause', () => {
    const { log, last } = openLog();
    log.error({ err: new TypeError('no such thing', { cause: new Error('deeper') }) }, 'failed');
    expect(last()).toMatchObject({
      msg: 'failed',
      err: {
        type: 'TypeError',
        message: 'no such thing',
        stack: expect.stringContaining('at '),
        cause: { message: 'deeper' },
      },
    });
    log.error(new Error('bare'));
    expect(last()).toMatchObject({ msg: 'bare', err: { message: 'bare' } });
  });

  it('never shows what was said, whichever way it comes in, at debug', () => {
    const { log, lines } = openLog('debug');
    const parseFailure = caught(() => JSON.parse(CANARY) as unknown);
    const message = { type: 'transcription', text: CANARY, words: [{ word: CANARY }] };
    log.debug({ text: CANARY, words: [CANARY], audio: CANARY, data: CANARY, pcm: Buffer.from(CANARY) }, 'one');
    log.debug({ message, deep: { deeper: [{ partial_text: CANARY }] } }, 'two');
    log.debug({ entry: JSON.stringify(message) }, `sent ${JSON.stringify(message)}`);
    log.debug({ bytes: Buffer.from(CANARY) }, 'four');
    log.error({ err: parseFailure }, 'five');
    log.error(parseFailure);
    log.error(
      Object.assign(new Error('provider said no', { cause: parseFailure }), { transcript: CANARY, json: CANARY }),
    );
    log.child({ text: CANARY, checkpoint: JSON.stringify({ tail: CANARY }) }).info('eight');
    log.info(`frame ${JSON.stringify({ type: 'audio', data: CANARY })}`);
    const output = lines.join('');
    expect(lines).toHaveLength(9);
    // V8 quotes only the first words of its input.
    expect(output).not.toContain('the rain');
    expect(output).not.toContain('plain');
    expect(output).not.toContain(Buffer.from(CANARY).toString('base64'));
  });

  it('never shows a credential', () => {
    const { log, lines } = openLog('debug');
    const headers = { authorization: 'Bearer hunter2', cookie: 'sid=hunter2', 'x-api-key': 'hunter2' };
    log.info({ headers, resume_token: 'hunter2', url: '/stt/stream?resume_token=hunter2' }, 'GET /x?token=hunter2');
    log.error(new Error('connect redis://app:hunter2@host failed'));
    log.child({ resumeToken: 'hunter2' }).info('three');
    expect(lines).toHaveLength(3);
    expect(lines.join('')).not.toContain('hunter2');
  });
});

function caught(action: () => unknown): Error {
  try {
    action();
  } catch (error) {
    return error as Error;
  }
  throw new Error('did not throw');
}

import { describe, expect, it } from '@jest/globals';
import { sessionAddress, shownAddress } from './session-address.ts';

describe('sessionAddress', () => {
  it.each([
    ['http://127.0.0.1:8080', 'ws://127.0.0.1:8080/stt/stream'],
    ['http://127.0.0.1:8080/', 'ws://127.0.0.1:8080/stt/stream'],
    ['https://speech.example/base/', 'wss://speech.example/base/stt/stream'],
    ['ws://[::1]:9', 'ws://[::1]:9/stt/stream'],
    ['wss://speech.example/stt/stream', 'wss://speech.example/stt/stream'],
    ['https://user:secret@speech.example', 'wss://user:secret@speech.example/stt/stream'],
  ])('of %s is %s', (url, address) => {
    expect(sessionAddress({ url }).href).toBe(address);
  });

  it('carries the configuration that was given and nothing else', () => {
    const address = sessionAddress({ url: 'http://h', config: { language: 'fr', words: true, channels: 2 } });
    expect(address.search).toBe('?language=fr&words=true&channels=2');
  });

  it('carries the resumption instead of a configuration', () => {
    const resume = { sessionId: 's01-ab', resumeToken: 'a+b', lastSeq: 7 };
    const address = sessionAddress({ url: 'http://h', config: { language: 'fr' }, resume });
    expect(address.search).toBe('?session_id=s01-ab&resume_token=a%2Bb&last_seq=7');
  });

  it.each(['', 'localhost:8080', 'ftp://h', '/stt/stream'])(
    'refuses %j and shows what an address looks like',
    (url) => {
      expect(() => sessionAddress({ url })).toThrow(/is no address of a gateway; give one such as http:/);
    },
  );
});

describe('shownAddress', () => {
  it('shows neither credentials nor tokens', () => {
    const resume = { sessionId: 's01-ab', resumeToken: 'token', lastSeq: 7 };
    expect(shownAddress(sessionAddress({ url: 'wss://user:secret@h:1/p', resume }))).toBe('https://h:1');
  });
});

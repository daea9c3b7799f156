import { describe, expect, it } from '@jest/globals';
import { describeStreamingContract, describeWindowedContract } from '../testing/recognizer.contract.ts';
import { ledgerAudio, ledgerWords } from './ledger-audio.ts';
import { createLedgerRecognizer } from './ledger-recognizer.ts';

const speech = Float32Array.from(ledgerAudio({ from: 990, frames: 30 }), (sample) => sample / 32_768);
const text = ledgerWords(990, 30).join(' ');

describeWindowedContract('the windowed ledger', {
  open: () => Promise.resolve(createLedgerRecognizer({ kind: 'windowed', decodeDelayMs: 2 })),
  speech,
  text,
  language: 'en',
});

describeStreamingContract('the streaming ledger', {
  open: () => Promise.resolve(createLedgerRecognizer({ kind: 'streaming', decodeDelayMs: 2 })),
  speech,
  text,
  language: 'en',
});

describe('the ledger recogniser', () => {
  it('answers within the same turn of the event loop when it has no delay', async () => {
    const recognizer = createLedgerRecognizer({ kind: 'windowed' });
    let turned = false;
    setImmediate(() => (turned = true));
    await recognizer.decode({ samples: speech, language: 'en' });
    expect(turned).toBe(false);
  });

  it('shows the words of a stream as their frames complete', async () => {
    const stream = createLedgerRecognizer({ kind: 'streaming' }).openStream({ language: 'en' });
    expect((await stream.feed(speech.slice(0, 1599))).text).toBe('');
    expect((await stream.feed(speech.slice(1599, 3300))).text).toBe('w990 w991');
    expect((await stream.finish()).text).toBe('w990 w991');
  });
});

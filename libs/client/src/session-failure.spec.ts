import { describe, expect, it } from '@jest/globals';
import { failureFromClose } from './session-failure.ts';

describe('failureFromClose', () => {
  it.each([
    [1000, '', 'bad_request', false],
    [1006, '', 'ping_timeout', true],
    [1009, '', 'message_too_big', false],
    [4009, 'audio_undecodable', 'audio_undecodable', false],
    [4104, '', 'storage_unavailable', true],
    [4200, 'go_away', 'go_away', true],
    [4999, 'unheard of', 'ping_timeout', true],
  ])('takes close code %i with reason %j for %s', (code, reason, slug, isRetryable) => {
    expect(failureFromClose({ code, reason }, undefined)).toMatchObject({ code: slug, isRetryable });
  });
});

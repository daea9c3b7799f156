import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { temporaryFolder } from './temporary-folder.fixture.ts';
import { parseStartArguments } from '../run/start-arguments.mjs';

const folder = temporaryFolder();
writeFileSync(join(folder, 'a.wav'), 'x');

function refusal(args: readonly string[]): unknown {
  try {
    return parseStartArguments(args, folder);
  } catch (error) {
    return error;
  }
}

describe('parseStartArguments', () => {
  it('streams the bundled sample and stays up without arguments', () => {
    expect(parseStartArguments([], folder)).toEqual({ kind: 'run', file: undefined, isOnce: false });
  });

  it('finds a relative file where the user typed the command', () => {
    const request = parseStartArguments(['a.wav', '--once'], folder);
    expect(request).toEqual({ kind: 'run', file: join(folder, 'a.wav'), isOnce: true });
  });

  it.each([
    [['--onec'], 2, 'Unknown option --onec'],
    [['a.wav', 'b.wav'], 2, 'One FILE at most'],
    [['missing.wav'], 66, 'does not exist'],
    [['.'], 66, 'is not a file'],
  ])('refuses %j with exit code %i', (args, exitCode, sentence) => {
    expect(refusal(args)).toMatchObject({ exitCode, message: expect.stringContaining(sentence) });
  });
});

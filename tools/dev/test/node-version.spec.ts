import { describe, expect, it } from '@jest/globals';
import { checkNodeVersion } from '../setup/node-version.mjs';

describe('checkNodeVersion', () => {
  it.each(['20.11.0', '20.20.2', '22.0.0', '24.3.1'])('accepts %s', (version) => {
    expect(() => checkNodeVersion(version)).not.toThrow();
  });

  it.each(['18.20.4', '20.10.0', '16.0.0'])('refuses %s and says what to install', (version) => {
    expect(() => checkNodeVersion(version)).toThrow(/20\.11 or newer is needed, this is .* Install Node 20/);
  });
});
